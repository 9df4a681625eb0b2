//! Every file that is served as it is: one table of path, type, policy and caching.
//!
//! A file that other files link to has a second address that carries a hash of its content. What stands there never
//! changes, so browsers keep it for a year. Links are rewritten to it, and a new version of the file is a new address.
//! The plain path keeps answering.

use std::{collections::HashMap, fmt::Write as _, sync::LazyLock};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use sha2::{Digest as _, Sha256};

use super::{pages::policy, problem::Problem};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A year, the longest that RFC 9111 caches keep anything.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

/// One file of the table.
struct File {
    path: &'static str,
    content_type: &'static str,
    text: &'static str,
    /// The policy of a page; `None` leaves the one that every answer has.
    policy: Option<&'static str>,
    /// How long the plain path may be kept; `None` means not at all.
    cache: Option<&'static str>,
    /// Whether it also has an address with a hash. Files that only some may read have none.
    hashed: bool,
}

const FILES: [File; 10] = [
    File {
        path: "/account-pages.js",
        content_type: SCRIPT,
        text: include_str!("../../assets/account/account-pages.js"),
        policy: None,
        cache: None,
        hashed: true,
    },
    File {
        path: "/reset-password",
        content_type: HTML,
        text: include_str!("../../assets/account/reset-password.html"),
        policy: Some(policy::SCRIPT_ONLY),
        cache: None,
        hashed: false,
    },
    File {
        path: "/verify-email",
        content_type: HTML,
        text: include_str!("../../assets/account/verify-email.html"),
        policy: Some(policy::SCRIPT_ONLY),
        cache: None,
        hashed: false,
    },
    File {
        path: "/admin/console.css",
        content_type: CSS,
        text: include_str!("../../assets/console/console.css"),
        policy: None,
        cache: Some("public, max-age=3600"),
        hashed: true,
    },
    File {
        path: "/admin/icon.svg",
        content_type: SVG,
        text: include_str!("../../assets/icon.svg"),
        policy: None,
        cache: Some("public, max-age=86400"),
        hashed: true,
    },
    File {
        path: "/docs",
        content_type: HTML,
        text: include_str!("../../assets/docs/page.html"),
        policy: Some(policy::SCRIPT_AND_STYLE),
        cache: Some("no-cache"),
        hashed: false,
    },
    File {
        path: "/docs/page.css",
        content_type: CSS,
        text: include_str!("../../assets/docs/page.css"),
        policy: Some(policy::SCRIPT_AND_STYLE),
        cache: Some("no-cache"),
        hashed: true,
    },
    File {
        path: "/docs/page.js",
        content_type: SCRIPT,
        text: include_str!("../../assets/docs/page.js"),
        policy: Some(policy::SCRIPT_AND_STYLE),
        cache: Some("no-cache"),
        hashed: true,
    },
    File {
        path: "/simulator/simulator.css",
        content_type: CSS,
        text: include_str!("../../assets/simulator/simulator.css"),
        policy: None,
        cache: None,
        hashed: false,
    },
    File {
        path: "/simulator/simulator.js",
        content_type: SCRIPT,
        text: include_str!("../../assets/simulator/simulator.js"),
        policy: None,
        cache: None,
        hashed: false,
    },
];

/// The addresses with a hash, by plain path.
static HASHED: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let linked = FILES.iter().filter(|file| file.hashed);
    linked.map(|file| (file.path, hashed_address(file))).collect()
});

/// The pages of the table, with links to addresses with a hash, by path.
static PAGES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let pages = FILES.iter().filter(|file| file.content_type == HTML);
    pages.map(|file| (file.path, linked(file.text))).collect()
});

/// `/assets/<first 16 hex digits of SHA-256>/<file name>`
fn hashed_address(file: &File) -> String {
    let digest = Sha256::digest(file.text);
    let mut address = String::from("/assets/");
    for byte in digest.iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(address, "{byte:02x}");
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    address.push('/');
    address.push_str(name);
    address
}

/// The address that a page links to for the file at `path`.
pub fn url(path: &'static str) -> &'static str {
    HASHED.get(path).map_or(path, String::as_str)
}

/// A page whose links to files of the table lead to their addresses with a hash.
pub fn linked(html: &str) -> String {
    HASHED.iter().fold(html.to_owned(), |html, (path, address)| {
        html.replace(&format!("\"{path}\""), &format!("\"{address}\""))
    })
}

/// Serves the file of the table at the request's path.
///
/// # Errors
///
/// 404 if no file is there, for example because its hash is that of an older version.
pub async fn handle(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path();
    if let Some(file) = FILES.iter().find(|file| file.path == path) {
        return Ok(answer(file, file.cache));
    }
    let by_hash = |file: &&File| HASHED.get(file.path).is_some_and(|address| address == path);
    let file = FILES.iter().find(by_hash).ok_or_else(Problem::not_found)?;
    Ok(answer(file, Some(FOR_A_YEAR)))
}

fn answer(file: &'static File, cache: Option<&'static str>) -> HttpResponse {
    let text = PAGES.get(file.path).map_or(file.text, String::as_str);
    let mut response = HttpResponse::Ok().content_type(file.content_type).body(text);
    let headers = response.headers_mut();
    if let Some(policy) = file.policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if let Some(cache) = cache {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_links_to_addresses_that_are_served_and_kept() {
        for (path, html) in PAGES.iter() {
            for (plain, address) in HASHED.iter() {
                assert!(!html.contains(&format!("\"{plain}\"")), "{path} links to {plain}");
                assert!(address.starts_with("/assets/"), "{address}");
            }
        }
        assert!(PAGES.get("/docs").unwrap().contains(url("/docs/page.js")));
    }

    #[actix_web::test]
    async fn the_address_with_a_hash_is_kept_for_a_year_and_another_hash_is_404() {
        let ask = async |path: &str| {
            let request = actix_web::test::TestRequest::with_uri(path).to_http_request();
            handle(request).await
        };
        let kept = ask(url("/admin/console.css")).await.unwrap();
        assert_eq!(kept.headers().get("cache-control").unwrap(), FOR_A_YEAR);
        let plain = ask("/admin/console.css").await.unwrap();
        assert_eq!(
            plain.headers().get("cache-control").unwrap(),
            "public, max-age=3600"
        );
        assert!(ask("/assets/0000000000000000/console.css").await.is_err());
    }

    #[test]
    fn the_documentation_page_fetches_nothing_from_elsewhere_and_runs_nothing_inline() {
        let of = |path: &str| FILES.iter().find(|file| file.path == path).unwrap().text;
        let (page, script, style) = (of("/docs"), of("/docs/page.js"), of("/docs/page.css"));
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
