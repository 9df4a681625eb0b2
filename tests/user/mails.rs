//! E-mail as the third channel to a contact: addresses by the web, alerts and their ends by a fake mail server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use diesel::{QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _};
use serde_json::{Value, json};
use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_smtp::{SmtpFault, TakenMail},
    fake_twilio::Fault,
    service::{
        Operator,
        phones::{DAD, MUM},
    },
};

use crate::Linked;

pub(super) const ADDRESS: &str = "mum@example.net";

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

impl Linked {
    /// Mum as a contact with an address; her first text has left.
    pub(super) async fn mum(&self) -> Value {
        let body = json!({"phone": MUM, "name": "Mum", "email": "Mum@Example.net"});
        let (status, mum) = self.post("/api/user/contacts", &body, None).await;
        assert_eq!((status, &mum["email"]), (201, &json!(ADDRESS)), "{mum}");
        self.world.contact(MUM).nth_text(0).await;
        mum
    }

    pub(super) fn mails_to(&self, address: &str) -> Vec<TakenMail> {
        let mut mails = self.world.smtp.mails();
        mails.retain(|mail| mail.to == address);
        mails
    }

    async fn wait_for_mails(&self, count: usize) -> Vec<TakenMail> {
        eventually(&format!("{count} mails to Mum"), async || {
            let mails = self.mails_to(ADDRESS);
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    pub(super) fn on_disk(&self, change: &str) {
        self.database().batch_execute(change).unwrap();
    }

    pub(super) fn count(&self, of: &str) -> i64 {
        let query = diesel::sql_query(format!("SELECT count(*) AS value FROM {of}"));
        query.get_result::<Number>(&mut self.database()).unwrap().value
    }

    /// Kills the service and starts it again. The leases that it held end at once, as if their minutes had passed.
    async fn killed(&mut self) {
        self.world.restart().await;
        for table in ["messages", "calls", "mails"] {
            self.on_disk(&format!(
                "UPDATE {table} SET lease_until = 1 WHERE state = 'sending'"
            ));
        }
    }

    async fn stop(&self, link: &str, body: &str, content_type: &str) -> (u16, String) {
        let path = link.split_once("/mail/stop/").unwrap().1;
        let url = self.world.service.url(&format!("/mail/stop/{path}"));
        let request = self.world.service.http().post(url);
        let request = request.header("content-type", content_type.to_owned());
        let answer = request.body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn subject(mail: &TakenMail) -> String {
    mail.header("Subject").unwrap()
}

/// The link of the header, which is also that below the words.
fn link(mail: &TakenMail) -> String {
    let header = mail.header("List-Unsubscribe").unwrap().replace(' ', "");
    header.trim_matches(['<', '>']).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_texts_and_calls_dead_the_mail_arrives_and_the_console_shows_it() {
    let mut linked = Linked::with(&[
        ("THUNDERBIRD_VOICE", "on"),
        ("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0"),
    ])
    .await;
    linked.mum().await;
    linked.world.contact(MUM).text("READY").await;
    linked.world.twilio.always(Some(Fault::Refused(21_211)));
    linked.world.twilio.always_calls(Some(Fault::Refused(21_211)));
    linked
        .world
        .smtp
        .misbehave(&[SmtpFault::Content(451), SmtpFault::Busy]);
    linked.sam.text("broken leg at the secret creek").await;
    linked.sam.text("ALERT").await;
    linked.killed().await;
    // The contact has not answered for three minutes.
    linked.on_disk("UPDATE calls SET next_attempt_at = 1 WHERE state = 'queued'");
    let alert = linked.wait_for_mails(1).await.remove(0);
    assert!(
        subject(&alert).contains("ALERT 1 of 3: Sam asks for help"),
        "{}",
        alert.content
    );
    assert_eq!(
        alert.header("List-Unsubscribe-Post").as_deref(),
        Some("List-Unsubscribe=One-Click")
    );
    assert!(link(&alert).contains("/mail/stop/"), "{}", alert.content);
    assert!(
        alert.body().contains("call 000, ask for Police"),
        "{}",
        alert.content
    );
    assert!(
        !alert.content.contains("secret creek"),
        "no word of the hiker's own: {}",
        alert.content
    );
    the_console_shows_it(&linked).await;

    linked.sam.text("ALERT OFF").await;
    linked.killed().await;
    let mails = linked.wait_for_mails(2).await;
    assert!(subject(&mails[1]).contains("STAND DOWN"), "{}", mails[1].content);
    assert!(mails[1].body().contains("ALERT OFF"), "{}", mails[1].content);
    linked.world.service.shows("alarm_rows_unaccounted", "0").await;
    assert_eq!(linked.mails_to(ADDRESS).len(), 2);

    linked.on_disk("UPDATE messages SET state = 'lost' WHERE id = (SELECT max(id) FROM messages WHERE deadline_id IS NOT NULL \
                    AND class = 'alarm' AND phone <> '+61491570006')");
    linked.world.service.shows("alarm_rows_unaccounted", "1").await;
}

async fn the_console_shows_it(linked: &Linked) {
    let vera = Operator::signed_in(&linked.world.service, "vera", "viewer").await;
    let shown = eventually("the console to show it", async || {
        let page = vera.page("/admin/watch/1").await;
        page.contains("handed over").then_some(page)
    })
    .await;
    assert!(
        shown.contains("m***@example.net") && !shown.contains(ADDRESS),
        "{shown}"
    );
    assert!(shown.contains("<h2>What became of the alerts</h2>"), "{shown}");
    assert!(!shown.contains("unaccounted"), "{shown}");
    linked.world.service.shows("alarms_unreached", "1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_stops_the_mails_and_lets_them_go_on() {
    let linked = Linked::new().await;
    linked.mum().await;
    linked.sam.text("ALERT").await;
    let link = link(&linked.wait_for_mails(1).await[0]);
    let path = link.split_once("/mail/stop/").unwrap().1.to_owned();
    let url = linked.world.service.url(&format!("/mail/stop/{path}"));
    let page = linked.world.service.http().get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(
        page.contains("<button>") && page.contains("m***@example.net"),
        "{page}"
    );
    assert_eq!(
        linked.get("/api/user/contacts").await["items"][0]["email_stopped"],
        false
    );

    // Programs send either type (RFC 8058).
    let part =
        "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    for (body, content_type) in [
        (part, "multipart/form-data; boundary=x"),
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    ] {
        let (status, page) = linked.stop(&link, body, content_type).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("You get no more mails"), "{page}");
    }
    assert_eq!(
        linked.get("/api/user/contacts").await["items"][0]["email_stopped"],
        true
    );
    linked.sam.text("ALERT OFF").await;
    let mum = linked.world.contact(MUM);
    mum.texts_with("STAND DOWN", 1).await;
    linked.sam.text("ALERT").await;
    mum.texts_with("ALERT 1 of 3", 2).await;
    eventually_holds("what waits to be withheld", async || {
        linked.count("mails WHERE state IN ('queued', 'sending')") == 0
    })
    .await;
    assert_eq!(linked.mails_to(ADDRESS).len(), 1, "stopped is stopped");

    let (status, page) = linked
        .stop(&link, "again=yes", "application/x-www-form-urlencoded")
        .await;
    assert!(status == 200 && page.contains("Send no more mails"), "{page}");
    linked.sam.text("ALERT OFF").await;
    linked.sam.text("ALERT").await;
    assert!(subject(&linked.wait_for_mails(2).await[1]).contains("ALERT 1 of 3"));
    no_other_link_does_anything(&linked, &path).await;
}

async fn no_other_link_does_anything(linked: &Linked, path: &str) {
    let bent = path.chars().rev().collect::<String>();
    for wrong in [bent.as_str(), "x", &path[..40], &format!("{path}0"), "%00"] {
        let (status, _) = linked
            .stop(&format!("/mail/stop/{wrong}"), "", "text/plain")
            .await;
        assert_eq!(status, 404, "{wrong}");
    }
    assert_eq!(linked.count("stopped_mails"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_an_alarm_comes_after_an_alert_whose_end_is_unknown() {
    let mut linked = Linked::new().await;
    linked.mum().await;
    linked.world.smtp.misbehave(&[SmtpFault::LostAnswer]);
    linked.sam.text("ALERT").await;
    linked.wait_for_mails(1).await;
    linked.sam.text("ALERT OFF").await;
    linked.killed().await;
    let subjects = eventually("the end by mail", async || {
        let subjects: Vec<String> = linked.mails_to(ADDRESS).iter().map(subject).collect();
        subjects
            .iter()
            .any(|subject| subject.contains("STAND DOWN"))
            .then_some(subjects)
    })
    .await;
    assert!(subjects[0].contains("ALERT 1 of 3"), "{subjects:?}");
    assert!(subjects.last().unwrap().contains("STAND DOWN"), "{subjects:?}");
    eventually_holds("everything to have ended", async || {
        linked.count("mails WHERE state IN ('queued', 'sending')") == 0
    })
    .await;
    let ends = linked
        .mails_to(ADDRESS)
        .iter()
        .filter(|mail| subject(mail).contains("STAND DOWN"))
        .count();
    assert_eq!(ends, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stopped_our_texts_still_gets_the_mail_and_who_found_the_hiker_does_too() {
    let linked = Linked::new().await;
    linked.mum().await;
    linked.add(DAD, "Dad").await;
    let (mum, dad) = (linked.world.contact(MUM), linked.world.contact(DAD));
    dad.nth_text(0).await;
    mum.text("STOP").await;
    let before = mum.texts().len();
    linked.sam.text("ALERT").await;
    dad.texts_with("ALERT 1 of 3", 1).await;
    linked.wait_for_mails(1).await;
    dad.text("FOUND").await;
    let mails = linked.wait_for_mails(2).await;
    assert!(
        mails[1].body().contains("A contact told us"),
        "{}",
        mails[1].content
    );
    assert_eq!(mum.texts().len(), before, "STOP ends the texts");
}
