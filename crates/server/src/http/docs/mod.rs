//! The documentation page: our own, served from the binary, with nothing fetched from elsewhere. It lists the operations
//! of /openapi.json, signs in, and tries them.

pub mod page;
pub mod script;
pub mod style;

use actix_web::{HttpResponse, http::header};

/// Only what this service serves itself, no inline script or style, and no framing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

fn answer(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(kind)
        .body(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_fetches_nothing_from_elsewhere_and_runs_nothing_inline() {
        let page = include_str!("../../../assets/docs/page.html");
        let script = include_str!("../../../assets/docs/page.js");
        let style = include_str!("../../../assets/docs/page.css");
        for text in [page, script, style] {
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("\"//"));
            assert!(!text.contains("@import") && !text.contains("url("));
        }
        for inline in ["<style", "onclick", "onload", "javascript:", "style="] {
            assert!(!page.contains(inline), "{inline}");
        }
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "localStorage",
        ] {
            assert!(!script.contains(sink), "{sink}");
        }
    }
}
