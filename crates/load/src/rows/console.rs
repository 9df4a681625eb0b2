//! The console's pages, as an administrator walks them.

use std::time::Instant;

use super::Bench;
use crate::{
    client::{
        requests::{get, post_form},
        talk::{Answer, Talk},
    },
    site::{Own, PASSWORD, Site},
    statistics::median,
    table::{Asked, Row},
};

/// How often each page is asked for; the median counts.
const ASKED: usize = 3;
/// How many pages of a list are followed by its own links.
const DEEP: usize = 5;
/// Milliseconds that a page may take.
const MOST: f64 = 100.0;

/// What is looked at, by the name of its row: addresses to begin with. `{half}` is a row in the middle of the table, `{user}` and
/// `{account}` are a hiker and an account in the middle of theirs.
const PAGES: [(&str, &[&str]); 14] = [
    ("overview", &["/admin"]),
    ("hikers", &["/admin/users", "/admin/users?before={user}"]),
    (
        "hikers by number",
        &[
            "/admin/users?phone=%2B6140",
            "/admin/users?phone=%2B61401234",
            "/admin/users?phone=%2B61400000000",
        ],
    ),
    (
        "hikers by name",
        &[
            "/admin/users?name=wombat",
            "/admin/users?name=Quoll+77",
            "/admin/users?name=nobody",
        ],
    ),
    (
        "hikers by route",
        &[
            "/admin/users?route=overland_track",
            "/admin/users?route=federation_peak",
            "/admin/users?route=nowhere",
        ],
    ),
    (
        "hikers by several things",
        &[
            "/admin/users?name=wombat&route=overland_track",
            "/admin/users?phone=%2B6140&name=bilby&route=federation_peak",
        ],
    ),
    ("a hiker", &["/admin/users/{user}"]),
    (
        "accounts",
        &[
            "/admin/accounts",
            "/admin/accounts?before={account}",
            "/admin/accounts?email=hiker-000",
        ],
    ),
    ("an account", &["/admin/accounts/{account}"]),
    ("texts", &["/admin/messages", "/admin/messages?before={half}"]),
    (
        "texts by state",
        &[
            "/admin/messages?state=delivered",
            "/admin/messages?state=replied&before={half}",
            "/admin/messages?state=failed",
            "/admin/messages?state=dead",
            "/admin/messages?state=withheld",
        ],
    ),
    (
        "texts by error or number",
        &[
            "/admin/messages?error=30003",
            "/admin/messages?error=30005&before={half}",
            "/admin/messages?error=99999",
            "/admin/messages?phone=%2B61400000000",
            "/admin/messages?phone=%2B61400000000&state=replied",
            "/admin/messages?error=30003&state=dead",
        ],
    ),
    ("opt-outs", &["/admin/opt-outs"]),
    (
        "audit",
        &[
            "/admin/audit",
            "/admin/audit?subject=account:7",
            "/admin/audit?actor=anonymous",
        ],
    ),
];

/// Measures and judges them.
pub fn run(bench: &mut Bench<'_>) {
    for site in &bench.sites {
        let Some(own) = site.own.as_ref() else { continue };
        let run = bench.numbers.next();
        let mut browser = Browser::sign_in(site, own, run);
        for (name, paths) in PAGES {
            let mut paths: Vec<String> = paths.iter().map(|path| fill(path, own)).collect();
            if name == "texts" {
                paths.extend(by_day());
            }
            let (slowest, path) = browser.slowest(&paths);
            let row = Row::judge(
                format!("console, {name}{}", site.suffix),
                slowest,
                "ms",
                Asked::AtMost(MOST),
            );
            bench.table.add(row.with(format!("slowest: {path}")));
        }
    }
}

fn fill(path: &str, own: &Own) -> String {
    let user = (own.size.people / 2).max(1).to_string();
    path.replace("{half}", &(own.size.messages / 2).max(1).to_string())
        .replace("{user}", &user)
        .replace("{account}", &user)
}

/// The texts of days, of one near and of one long ago.
fn by_day() -> Vec<String> {
    let days = |ago: i64| day(crate::site::now() / 1_000_000 - ago * 86_400);
    let (near, far) = (days(1), days(200));
    vec![
        format!("/admin/messages?since={near}&until={near}"),
        format!("/admin/messages?since={far}&until={far}"),
        format!("/admin/messages?since={far}&until={far}&state=failed"),
        format!("/admin/messages?until={far}&state=replied"),
    ]
}

/// The day of an instant as `2026-11-25`.
fn day(seconds: i64) -> String {
    let instant = jiff::Timestamp::from_second(seconds).unwrap();
    instant.strftime("%F").to_string()
}

/// An administrator who is signed in.
struct Browser {
    talk: Talk,
    cookie: String,
}

impl Browser {
    fn sign_in(site: &Site, own: &Own, run: u64) -> Self {
        let name = format!("load-{run:016x}");
        std::fs::write(own.service.folder().join("password"), PASSWORD).unwrap();
        let made = own
            .service
            .run(&["admin", "create", &name, "--password-file", "password"]);
        assert!(made.status.success(), "{made:?}");
        let mut talk = Talk::to(site.address);
        let form = [("name", name.as_str()), ("password", PASSWORD)];
        let answer = talk.ask(&post_form(
            "/admin/login",
            "Sec-Fetch-Site: same-origin\r\n",
            &form,
        ));
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer
            .header("set-cookie")
            .and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.unwrap().to_owned();
        Self { talk, cookie }
    }

    fn page(&mut self, path: &str) -> (Answer, f64) {
        let request = get(path, &format!("Cookie: {}\r\n", self.cookie));
        let began = Instant::now();
        let answer = self.talk.ask(&request);
        let time = began.elapsed().as_secs_f64() * 1_000.0;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        (answer, time)
    }

    /// Every address, and the pages that it links to as the next ones; the slowest of all.
    fn slowest(&mut self, paths: &[String]) -> (f64, String) {
        let mut slowest = (0.0, String::new());
        for path in paths {
            let mut next = Some(path.clone());
            for _ in 0..DEEP {
                let Some(path) = next.take() else { break };
                let (answer, first) = self.page(&path);
                let mut times = vec![first];
                times.extend((1..ASKED).map(|_| self.page(&path).1));
                let time = median(&times);
                next = older(&answer.body);
                if time > slowest.0 {
                    slowest = (time, path);
                }
            }
        }
        slowest
    }
}

/// The address of the next page of a list.
fn older(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("rel=\"next\" href=\"")?;
    let (address, _) = rest.split_once('"')?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_followed_by_its_own_link() {
        let page = "<p><a rel=\"next\" href=\"/admin/users?name=a&#38;before=7\">Older</a></p>";
        assert_eq!(older(page).as_deref(), Some("/admin/users?name=a&before=7"));
        assert_eq!(older("<p>nothing</p>"), None);
    }

    #[test]
    fn days_are_written_as_the_console_reads_them() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(1_795_564_800), "2026-11-25");
    }
}
