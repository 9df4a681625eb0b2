//! A day of one attacker against one person. It is over in half a minute: the service goes by the simulator's clock, which is
//! moved ahead an hour at a time.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use thunderbird_testkit::service::{Client, Service, phones::word_to_confirm};

use super::stage::by_default;
use crate::counts::{number, reader};

/// The attacker's phone.
const PHONE: &str = "+61491570006";
/// Who is flooded.
const VICTIM: &str = "+61491570110";
/// The camps that the attacker is at in turn.
const CAMPS: [&str; 2] = ["RONNY", "WATER"];
/// Check-ins an hour by web, of which every other one is taken back; two more are texted.
const CHECK_INS: usize = 12;
/// Nothing more is sent after this long without a text.
const STILL: Duration = Duration::from_millis(700);
/// How long all texts of an hour may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of it.
#[derive(Debug, Default)]
pub struct Day {
    /// Texts that the victim got.
    pub texts: u64,
    check_ins: u64,
    corrections: u64,
    additions: u64,
    codes: u64,
}

impl Day {
    /// What the attacker did.
    pub fn note(&self) -> String {
        format!(
            "from one attacker by {} check-ins, {} taken back, {} times added as a contact and {} codes",
            self.check_ins, self.corrections, self.additions, self.codes
        )
    }
}

/// Floods for so many hours.
pub async fn run(binary: &Path, hours: u32) -> Day {
    let service = by_default(binary).start().await;
    let mut attacker = Attacker::arm(&service).await;
    let mut day = Day::default();
    for hour in 0..hours {
        if hour > 0 {
            attacker.an_hour_later().await;
        }
        attacker.arrives(&mut day).await;
        if hour % 2 == 0 {
            attacker.adds(&mut day).await;
        }
        let code = attacker
            .other
            .post("/auth/phone", json!({ "phone": VICTIM }))
            .await;
        day.codes += u64::from(code.status == 202);
        day.texts = settled(&service).await;
    }
    day
}

struct Attacker<'a> {
    service: &'a Service,
    client: Client,
    /// The account that asks for codes.
    other: Client,
}

impl<'a> Attacker<'a> {
    async fn arm(service: &'a Service) -> Self {
        let client = Client::sign_up(service, "mallory").await;
        let other = Client::sign_up(service, "mallet").await;
        let attacker = Self {
            service,
            client,
            other,
        };
        for body in ["START", "Mallory", "1"] {
            attacker.texts(body, &[]);
        }
        let asked = attacker.texts(&attacker.client.link_text().await, &[]);
        let linked = attacker.texts(&format!("CONFIRM {}", word_to_confirm(&asked)), &[]);
        assert!(linked.contains("now linked"), "{linked}");
        attacker
    }

    /// Texts the service from the command line; the answer as one line.
    fn texts(&self, body: &str, more: &[&str]) -> String {
        let arguments = ["phone", PHONE, body, "--url", self.service.base_url()];
        let output = self.service.run(&[arguments.as_slice(), more].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).replace('\n', " ")
    }

    /// Checks in again and again, and takes each check-in back.
    async fn arrives(&self, day: &mut Day) {
        for (nth, camp) in CAMPS.iter().cycle().take(CHECK_INS).enumerate() {
            let camp = json!({ "camp": camp });
            let arrived = self.client.post("/api/user/checkins", camp).await;
            if arrived.status != 201 {
                continue;
            }
            day.check_ins += 1;
            if arrived.body.get("contacts_told").unwrap() == 0 || nth % 2 == 0 {
                continue;
            }
            // What was not sent yet is withdrawn, and what was is corrected.
            settled(self.service).await;
            let id = arrived.body.get("id").unwrap();
            let back = self.client.delete(&format!("/api/user/checkins/{id}")).await;
            day.corrections += u64::from(back.status == 204);
        }
        for camp in CAMPS {
            self.texts(&format!("CHECKIN {camp}"), &[]);
            day.check_ins += 1;
        }
    }

    /// Deletes the victim as a contact, and adds them.
    async fn adds(&self, day: &mut Day) {
        let listed = self.client.get("/api/user/contacts").await.body;
        let contacts = listed.as_array().or_else(|| listed.get("items")?.as_array());
        for contact in contacts.into_iter().flatten() {
            let id = contact.get("id").unwrap();
            self.client.delete(&format!("/api/user/contacts/{id}")).await;
        }
        let contact = json!({ "phone": VICTIM, "name": "Mum" });
        let added = self.client.post("/api/user/contacts", contact).await;
        day.additions += u64::from(added.status == 201);
    }

    async fn an_hour_later(&mut self) {
        self.texts("HELP", &["--at", "+1h"]);
        for client in [&mut self.client, &mut self.other] {
            client.tokens = self.service.web_refresh(&client.tokens.refresh).await.tokens();
        }
    }
}

/// The texts that the victim has got, as soon as no more come.
async fn settled(service: &Service) -> u64 {
    let sql = format!(
        "SELECT count(*) AS number FROM messages WHERE direction = 'out' AND phone = '{VICTIM}' \
         AND state IN ('sending', 'accepted', 'sent', 'delivered')"
    );
    let mut database = reader(&service.database());
    let began = Instant::now();
    let (mut texts, mut since) = (0, Instant::now());
    while since.elapsed() < STILL && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = number(&mut database, &sql);
        if now != texts {
            (texts, since) = (now, Instant::now());
        }
    }
    u64::try_from(texts).unwrap()
}
