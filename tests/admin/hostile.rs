//! Hostile strings, by text and through forms: inert in the bytes of every page. What a browser makes of them is for the
//! browser suite, with the same list.

use thunderbird_testkit::{
    hostile,
    service::{Service, phones::SAM},
};

use super::world;

/// Has every string texted: as a text of a hiker, as the name of a contact, as a trail name; answers with how many
/// hikers there are.
async fn text_everything(service: &Service) {
    for (number, text) in hostile::strings().iter().enumerate() {
        service.text(SAM, text).await;
        service
            .text(SAM, &format!("SAFE 04915701{:02} {text}", number % 10))
            .await;
        let stranger = format!("+614915720{number:02}");
        for step in ["START", text, "NAME", "1"] {
            service.text(&stranger, step).await;
        }
    }
}

/// The elements that our pages are made of.
const OURS: [&str; 44] = [
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "header",
    "a",
    "nav",
    "form",
    "input",
    "span",
    "small",
    "button",
    "main",
    "p",
    "h1",
    "h2",
    "dl",
    "dt",
    "dd",
    "div",
    "label",
    "select",
    "option",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "ol",
    "li",
    "strong",
    "section",
    "figure",
    "figcaption",
    "svg",
    "rect",
    "line",
    "code",
    "caption",
];

/// What is between a tag's angle brackets, of every tag of a page.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<')
        .skip(1)
        .map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag))
}

fn is_inert(page: &str, path: &str) {
    for tag in tags(page) {
        let name = tag.split_whitespace().next().unwrap_or_default().to_lowercase();
        assert!(OURS.contains(&name.trim_start_matches('/')), "{path}: <{tag}>");
        let unquoted = tag.split('"').step_by(2).collect::<String>().to_lowercase();
        let acts = [
            "onerror",
            "onload",
            "onfocus",
            "onclick",
            "onmouse",
            "srcdoc",
            "javascript:",
        ];
        assert!(
            !acts.iter().any(|word| unquoted.contains(word)),
            "{path}: <{tag}>"
        );
        assert!(!tag.contains("href=\"javascript:"), "{path}: <{tag}>");
    }
    for hidden in [
        "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}", "\u{1b}", "\u{7}", "\r",
    ] {
        assert!(!page.contains(hidden), "{path}: {hidden:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one page after the other")]
async fn hostile_strings_are_inert_on_every_page() {
    let world = world().await;
    world.hiker(SAM).registers("Sam").await;
    text_everything(&world.service).await;
    let mut ada = world.operator("ada").await;
    for (number, text) in hostile::strings().iter().enumerate() {
        let phone = format!("+614915730{number:02}");
        let register = [
            ("phone", phone.as_str()),
            ("trail_name", text),
            ("route", "overland_track"),
        ];
        for (path, fields) in [
            ("/admin/users", &register[..]),
            (
                "/admin/users",
                &[("phone", text), ("trail_name", text), ("route", text)],
            ),
            ("/admin/test-text", &[("phone", "+61491570110"), ("words", text)]),
            ("/admin/opt-outs", &[("phone", text)]),
            ("/admin/users/1/route", &[("route", text)]),
        ] {
            let answer = ada.submit(path, fields).await;
            assert_eq!(answer.status(), 303, "{path} {text:?}");
        }
        let short: String = text.chars().take(60).collect();
        let query: String = form_urlencoded::byte_serialize(short.as_bytes()).collect();
        for path in [
            format!("/admin/users?name={query}&phone={query}&route={query}&notice={query}"),
            format!("/admin/accounts?email={query}"),
            format!("/admin/messages?state={query}&error={query}&phone={query}&since={query}"),
            format!("/admin/audit?actor={query}&subject={query}"),
        ] {
            is_inert(&ada.page(&path).await, &path);
        }
    }
    let mut pages = vec![
        "/admin/messages".to_owned(),
        "/admin/users".to_owned(),
        "/admin/audit".to_owned(),
    ];
    let mut seen = 0;
    while let Some(path) = pages.pop() {
        let page = ada.page(&path).await;
        is_inert(&page, &path);
        seen += 1;
        if let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") {
            pages.push(
                rest.split_once('"')
                    .unwrap()
                    .0
                    .replace("&amp;", "&")
                    .replace("&#38;", "&"),
            );
        }
    }
    assert!(seen > 10, "{seen} pages");
    let mut shown = String::new();
    for user in 1.. {
        let path = format!("/admin/users/{user}");
        if ada.get(&path).await.status() == 404 {
            assert!(user > 60, "{user} hikers");
            break;
        }
        is_inert(&ada.page(&path).await, &path);
        let revealed = ada
            .submit(&format!("{path}/reveal"), &[])
            .await
            .text()
            .await
            .unwrap();
        is_inert(&revealed, &path);
        shown.push_str(&revealed);
    }
    assert!(shown.contains("[U+202E]600075194+"));
    assert!(shown.contains("&#60;script&#62;alert(1)") || shown.contains("&lt;script&gt;alert(1)"));
    let csv = ada.page("/admin/audit.csv").await;
    for cell in csv.lines().flat_map(|line| line.split("\",\"")) {
        let first = cell.trim_start_matches('"').chars().next().unwrap_or('"');
        assert!(!"=+-@\t".contains(first), "{cell}");
    }
}
