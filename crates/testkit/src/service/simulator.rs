//! The simulator of a running service: its mailbox, its one-time link and its cookie.

use serde_json::Value;

use super::Service;
use crate::eventually;

impl Service {
    /// The mails in the simulator's mailbox, oldest first; if `to` is given, those to this address.
    pub fn mailbox(&self, to: Option<&str>) -> Vec<Value> {
        let mut arguments = vec!["mailbox", "--json", "--url", self.base_url()];
        arguments.extend(to.iter().flat_map(|to| ["--to", to]));
        let read = self.run(&arguments);
        let lines = String::from_utf8_lossy(&read.stdout).into_owned();
        let mails = lines.lines().map(|line| serde_json::from_str(line).unwrap());
        mails.collect()
    }

    /// The body of the newest mail to `to` whose subject contains `subject`, as soon as it is there.
    pub async fn mailed(&self, to: &str, subject: &str) -> String {
        eventually(&format!("a mail about {subject:?} to {to}"), async || {
            let mails = self.mailbox(Some(to)).into_iter().rev();
            let mut mails = mails.filter(|mail| mail["subject"].as_str().unwrap().contains(subject));
            mails.next().map(|mail| mail["body"].as_str().unwrap().to_owned())
        })
        .await
    }

    /// The token in the newest mailed link to `page`, as soon as it is there.
    pub async fn mailed_token(&self, to: &str, page: &str) -> String {
        let link = format!("/{page}#token=");
        eventually(&format!("a mail with a link to {page}"), async || {
            let bodies = self.mailbox(Some(to)).into_iter().rev();
            let mut bodies = bodies.map(|mail| mail["body"].as_str().unwrap().to_owned());
            bodies.find_map(|body| Some(hex_digits(body.rsplit_once(&link)?.1)))
        })
        .await
    }

    /// The path of the one-time link to the simulator, as soon as the service has printed it.
    pub async fn simulator_link(&self) -> String {
        let link = "/simulator?link=";
        eventually("the simulator's link", async || {
            let output = self.output();
            let (_, rest) = output.split_once(link)?;
            Some(format!("{link}{}", hex_digits(rest)))
        })
        .await
    }

    /// Opens the one-time link. Returns the cookie that it sets, as `name=value`.
    pub async fn simulator_cookie(&self) -> String {
        let page = self.url(&self.simulator_link().await);
        let answer = self.http().get(page).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        cookie.split(';').next().unwrap().to_owned()
    }
}

fn hex_digits(text: &str) -> String {
    text.chars().take_while(char::is_ascii_hexdigit).collect()
}
