//! `GET /admin/audit.csv`

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use futures_util::stream;
use thunderbird_domain::admin::{AuditLine, Cursor};

use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// The whole audit log, newest first, safe to open in a spreadsheet.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(_admin: CurrentAdmin, app: Data<App>) -> Result<HttpResponse, ConsoleRefusal> {
    let head = Bytes::from_static(b"number,at,actor,action,subject,detail\r\n");
    let chunks = stream::unfold((app, Next::Head(head)), |(app, next)| async move {
        let (chunk, next) = read(&app, next).await?;
        Some((chunk, (app, next)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"thunderbird-audit.csv\"",
        ))
        .streaming(chunks))
}

enum Next {
    Head(Bytes),
    Before(Option<Cursor>),
    End,
}

async fn read(app: &App, next: Next) -> Option<(Result<Bytes, std::io::Error>, Next)> {
    let before = match next {
        Next::Head(head) => return Some((Ok(head), Next::Before(None))),
        Next::Before(before) => before,
        Next::End => return None,
    };
    match app.console.export_audit(before).await {
        Ok(found) => {
            let rows: String = found.items.iter().map(row).collect();
            Some((
                Ok(rows.into()),
                found.next.map_or(Next::End, |next| Next::Before(Some(next))),
            ))
        }
        // The client sees a broken transfer, never a file that only looks whole.
        Err(fault) => {
            tracing::error!(event = "console.export_failed", %fault, "the audit log could not be exported");
            Some((
                Err(std::io::Error::other("the audit log could not be read")),
                Next::End,
            ))
        }
    }
}

/// A record of the file, its line end included.
pub fn row(line: &AuditLine) -> String {
    let fields = [
        line.number.to_string(),
        line.at.to_string(),
        line.actor.clone(),
        line.action.clone(),
        line.subject.clone(),
        line.detail.clone(),
    ];
    let cells: Vec<String> = fields.iter().map(|field| cell(field)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A field of RFC 4180, quoted always; one that a spreadsheet would run as a formula is made text by an apostrophe
/// (OWASP, CSV injection; some read full-width signs as plain ones, and take blanks off).
fn cell(field: &str) -> String {
    let unblank = field.trim_start_matches([' ', '\u{a0}', '\u{3000}']);
    let formula = unblank.starts_with(['\t', '\r', '\n', '\0'])
        || unblank
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_no_quote_ends_one() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for dangerous in ["+1", "-1", "@a", "\ta", "\n1", "\0", " =1", "＝1"] {
            assert!(cell(dangerous).starts_with("\"'"), "{dangerous:?}");
        }
        assert_eq!(cell("account:7"), "\"account:7\"");
    }
}
