//! What was queued, compared with what Twilio and the mail server were given.

use std::{collections::BTreeMap, path::Path, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_testkit::{fake_smtp::FakeSmtp, fake_twilio::FakeTwilio};

/// A text or mail as it is queued, and how often it is given away.
#[derive(QueryableByName)]
struct Queued {
    #[diesel(sql_type = Text)]
    recipient: String,
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    ambiguous: i64,
}

const TEXTS: &str = "SELECT phone AS recipient, coalesce(body, '') AS content, state, ambiguous_attempts AS ambiguous \
                     FROM messages WHERE direction = 'out' AND state <> 'replied'";
const MAILS: &str =
    "SELECT recipient, hex(tag) AS content, state, ambiguous_attempts AS ambiguous FROM mails";

fn connect(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    connection
}

fn rows(path: &Path, query: &str) -> Vec<Queued> {
    sql_query(query).load(&mut connect(path)).unwrap()
}

/// Waits until nothing is queued or under way any more, pauses between attempts left out.
pub async fn settled(path: &Path) {
    for _ in 0..1_200 {
        let waits = |row: &Queued| row.state == "queued" || row.state == "sending";
        if !rows(path, TEXTS).iter().any(waits) && !rows(path, MAILS).iter().any(waits) {
            return;
        }
        connect(path)
            .batch_execute(
                "UPDATE messages SET next_attempt_at = not_before WHERE state = 'queued'; \
                 UPDATE mails SET next_attempt_at = created_at WHERE state = 'queued'",
            )
            .unwrap();
        // The update above is a write: between two of them the database is the service's.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("texts or mails are stuck after 300 s");
}

/// Everything queued was given away once, or more often if the end of an attempt was ambiguous. How many repeats there
/// were.
pub fn assert_delivered(path: &Path, twilio: &FakeTwilio, smtp: &FakeSmtp) -> i64 {
    let texts = twilio.accepted().into_iter().map(|text| (text.to, text.body));
    let mails = smtp.mails().into_iter().map(|mail| {
        let id = mail.header("Message-ID").unwrap();
        let tag = id.trim_start_matches('<').split('@').next().unwrap();
        (mail.to.clone(), tag.replace('-', "").to_uppercase())
    });
    repeats(&rows(path, TEXTS), "accepted", texts) + repeats(&rows(path, MAILS), "sent", mails)
}

/// Compares what was queued with what was taken over.
fn repeats(queued: &[Queued], end: &str, taken: impl Iterator<Item = (String, String)>) -> i64 {
    // How often each was taken over, less how often it was queued; and how often nobody could know.
    let mut more: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for row in queued {
        assert_eq!(row.state, end, "{} {}", row.recipient, row.content);
        let entry = more
            .entry((row.recipient.clone(), row.content.clone()))
            .or_default();
        entry.0 -= 1;
        entry.1 += row.ambiguous;
    }
    for one in taken {
        let entry = more
            .get_mut(&one)
            .unwrap_or_else(|| panic!("{one:?} was never queued"));
        entry.0 += 1;
    }
    let mut repeated = 0;
    for (what, (extra, ambiguous)) in more {
        assert!(extra >= 0, "{what:?} is missing");
        assert!(extra <= ambiguous, "{what:?} was repeated without need");
        repeated += extra;
    }
    repeated
}
