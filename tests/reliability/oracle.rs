//! The oracle: compares what was acknowledged with the file.

use std::path::Path;

use diesel::{
    Connection as _, OptionalExtension as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::ledger::{HeardText, Ledger, Meaning};

/// The file, read from outside of the service.
pub struct Oracle(SqliteConnection);

/// How a text that may have been acknowledged stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// With everything it caused.
    Whole,
    /// Not at all.
    Absent,
    /// In part, or differently from what was answered.
    Torn(String),
}

#[derive(QueryableByName)]
struct Arrival {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Oracle {
    /// Opens the file beside the service.
    pub fn of(path: &Path) -> Self {
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection
            .batch_execute("PRAGMA busy_timeout = 20000; PRAGMA query_only = 1")
            .unwrap();
        Self(connection)
    }

    fn words(&mut self, query: &str, of: &str) -> Vec<String> {
        let words: Vec<Word> = sql_query(query).bind::<Text, _>(of).load(&mut self.0).unwrap();
        words.into_iter().map(|word| word.word).collect()
    }

    fn words_of(&mut self, query: &str, of: i64) -> Vec<String> {
        let words: Vec<Word> = sql_query(query).bind::<BigInt, _>(of).load(&mut self.0).unwrap();
        words.into_iter().map(|word| word.word).collect()
    }

    /// A number about one word.
    pub fn count(&mut self, query: &str, of: &str) -> i64 {
        let number: Number = sql_query(query)
            .bind::<Text, _>(of)
            .get_result(&mut self.0)
            .unwrap();
        number.number
    }

    /// Whatever SQLite itself finds wrong with the file.
    pub fn damage(&mut self) -> Vec<String> {
        let mut found = self.words(
            "SELECT integrity_check AS word FROM pragma_integrity_check WHERE ? = ''",
            "",
        );
        found.retain(|word| word != "ok");
        let broken = "SELECT \"table\" || ' ' || rowid AS word FROM pragma_foreign_key_check WHERE ? = ''";
        found.extend(self.words(broken, ""));
        found
    }

    /// How an acknowledged text stands in the file, with every effect.
    pub fn standing(&mut self, text: &HeardText) -> Standing {
        let arrival: Option<Arrival> =
            sql_query("SELECT id, phone, body FROM messages WHERE direction = 'in' AND provider_sid = ?")
                .bind::<Text, _>(&text.sid)
                .get_result(&mut self.0)
                .optional()
                .unwrap();
        let tombstones = self.count(
            "SELECT count(*) AS number FROM inbound_sids WHERE sid = ?",
            &text.sid,
        );
        let Some(arrival) = arrival else {
            return match tombstones {
                0 => Standing::Absent,
                _ => Standing::Torn("a tombstone without its text".to_owned()),
            };
        };
        let mut torn = Vec::new();
        let mut expect = |what: &str, is: bool| {
            if !is {
                torn.push(what.to_owned());
            }
        };
        expect("the sid's tombstone", tombstones == 1);
        expect("the sender", arrival.phone == text.from);
        expect("the words", arrival.body.as_ref() == Some(&text.body));
        let replies = self.words_of(
            "SELECT coalesce(body, '') AS word FROM messages \
             WHERE cause_id = ? AND state = 'replied' ORDER BY id",
            arrival.id,
        );
        expect("the reply", replies == text.answer.messages);
        let told = self.words_of(
            "SELECT phone AS word FROM messages \
             WHERE cause_id = ? AND state <> 'replied' AND direction = 'out' ORDER BY phone",
            arrival.id,
        );
        expect("who is told", is_told(text, &told));
        for (what, rows) in self.effects(text) {
            expect(what, rows == 1);
        }
        if torn.is_empty() {
            Standing::Whole
        } else {
            Standing::Torn(torn.join(", "))
        }
    }

    /// The rows beside the messages that a text is to have made, each exactly once.
    fn effects(&mut self, text: &HeardText) -> Vec<(&'static str, i64)> {
        let from = &text.from;
        match &text.meaning {
            Meaning::Talk => Vec::new(),
            Meaning::Registration { name } => {
                let query =
                    format!("SELECT count(*) AS number FROM users WHERE phone = ? AND trail_name = '{name}'");
                vec![("the hiker", self.count(&query, from))]
            }
            Meaning::Contact { phone } => {
                let query = format!(
                    "SELECT count(*) AS number FROM contacts c JOIN users u ON u.id = c.user_id \
                     WHERE u.phone = ? AND c.phone = '{phone}'"
                );
                vec![("the contact", self.count(&query, from))]
            }
            Meaning::CheckIn { camp, told } => {
                let query = format!(
                    "SELECT count(*) AS number FROM check_ins c JOIN users u ON u.id = c.user_id \
                     WHERE u.phone = ? AND c.camp_code = '{camp}' AND c.contacts_told = {}",
                    told.len()
                );
                vec![("the check-in", self.count(&query, from))]
            }
        }
    }

    /// Everything that was acknowledged and does not stand in the file whole.
    pub fn lost(&mut self, ledger: &Ledger) -> Vec<String> {
        let mut lost = Vec::new();
        for text in &ledger.texts {
            let standing = self.standing(text);
            if standing != Standing::Whole {
                lost.push(format!("{:?} {}: {standing:?}", text.body, text.sid));
            }
        }
        for email in &ledger.accounts {
            let accounts = self.count("SELECT count(*) AS number FROM accounts WHERE email = ?", email);
            let mails = self.count("SELECT count(*) AS number FROM mails WHERE recipient = ?", email);
            if (accounts, mails) != (1, 1) {
                lost.push(format!("{email}: {accounts} accounts, {mails} mails"));
            }
        }
        for (id, camp) in &ledger.web_check_ins {
            let query = format!(
                "SELECT count(*) AS number FROM check_ins WHERE id = {id} AND camp_code = ? AND source = 'web'"
            );
            if self.count(&query, camp) != 1 {
                lost.push(format!("the web's check-in {id} at {camp}"));
            }
        }
        lost
    }
}

/// Whether these, sorted, are the ones to whom a text has texts queued.
fn is_told(text: &HeardText, told: &[String]) -> bool {
    match &text.meaning {
        Meaning::Talk => told.is_empty(),
        // The guide, in as many texts as it takes.
        Meaning::Registration { .. } => !told.is_empty() && told.iter().all(|phone| *phone == text.from),
        Meaning::Contact { phone } => told == [phone.as_str()],
        Meaning::CheckIn { told: contacts, .. } => told == contacts,
    }
}
