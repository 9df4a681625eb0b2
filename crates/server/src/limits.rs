//! Every limit in one table, which docs/limits.md is printed from: who is limited, in what, how often, what the limit is
//! set by, what is answered. The tests name what bounds each address that writes and each text command, and walk both.

use std::fmt::Write as _;

use crate::config::variable;

/// How often something may happen.
#[derive(Debug, Clone, Copy)]
enum Number {
    /// What this variable says.
    Set(&'static str),
    /// What the code says.
    Fixed(&'static str),
}

/// One row of the table of limits.
struct Limit {
    /// Names its counter in the store, or where it is counted otherwise.
    scope: &'static str,
    /// Who is limited.
    who: &'static str,
    /// What is limited.
    what: &'static str,
    /// Within which time.
    window: &'static str,
    /// How often it may happen.
    number: Number,
    /// What is answered beyond it.
    answer: &'static str,
}

macro_rules! limits {
    ($($scope:literal $who:literal $what:literal $window:literal $number:expr => $answer:literal;)+) => {
        const LIMITS: &[Limit] = &[$(Limit {
            scope: $scope, who: $who, what: $what, window: $window, number: $number, answer: $answer,
        }),+];
    };
}

limits! {
    "check_ins.hour" "hiker" "announced check-ins" "hour" Number::Set("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR") => "stored; contacts get one text about the newest";
    "check_ins.day" "hiker" "announced check-ins" "day" Number::Set("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY") => "stored; contacts get one text about the newest";
    "texts.hiker" "hiker" "texts to others, except alerts, questions and stand-downs; a promise counts twice, for the notice and the end; a correction counts and is never refused" "day" Number::Fixed("a tenth of THUNDERBIRD_LIMIT_SMS_PER_DAY, at least 20") => "stored, told later; a new contact: 429; the notice of a promised time is left out, and the hiker reads whom it leaves out";
    "texts.recipient" "recipient" "the same, from all hikers" "day" Number::Set("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY") => "stored, told later; a new contact: 429; the notice of a promised time is left out, and the hiker reads whom it leaves out";
    "texts.pair" "hiker and recipient" "texts beyond the recipient's limit" "day" Number::Fixed("3") => "stored, told later";
    "texts_day" "service" "texts that it sends by itself" "day (UTC)" Number::Set("THUNDERBIRD_LIMIT_SMS_PER_DAY") => "notices and codes wait at four fifths, check-ins and the ends of promises at all of it, alarms and the questions before them at twice; a code: 503";
    "contacts.hiker" "hiker" "new contacts" "day" Number::Set("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY") => "429";
    "contacts.account" "account" "new contacts" "day" Number::Set("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY") => "429";
    "contacts.recipient" "recipient" "hikers who add the number" "day" Number::Fixed("10") => "429";
    "contacts.introduced" "recipient" "hikers whose first notices it gets" "day" Number::Fixed("3") => "added; the first notice waits until the day is over";
    "contacts.neighbours" "thousand neighbouring numbers" "new contacts" "hour" Number::Fixed("a twelfth of THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR") => "429";
    "contacts.service" "service" "new contacts" "hour" Number::Set("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR") => "429";
    "contacts.pair" "two numbers" "first notices, each of which waits two days at most for room in `texts_day`" "30 days" Number::Fixed("1") => "added without a notice";
    "trips.echo" "hiker" "texts to the own phone about times that were set by web" "day" Number::Fixed("10") => "set without a text";
    "forecasts.hiker" "hiker" "forecasts by text and web together; one that must be fetched first is a text to the hiker who asked, and the only one that it sends" "day" Number::Set("THUNDERBIRD_LIMIT_FORECASTS_PER_DAY") => "one text that says so; by web 429";
    "forecasts.cells" "hiker" "places in coordinates for which nothing is kept" "day" Number::Fixed("6") => "one text that says so; by web 429";
    "forecasts.service" "provider" "fetches for places of routes" "day" Number::Fixed("four fifths of THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY, a forecast of Open-Meteo being four calls") => "not asked; what is kept is shown with its age, or the answer says that no more may be asked today; by web 503";
    "forecasts.coordinates" "provider" "fetches for places in coordinates" "day" Number::Fixed("a fifth of THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY") => "the same";
    "alarms.hiker" "hiker" "ALERTs that alert the contacts" "day" Number::Fixed("6") => "not sent; the answer says so, with the emergency number";
    "alarms.words" "hiker" "ALERTs that add words or a contact to an alert" "day" Number::Fixed("20") => "not sent; the answer says so, with the emergency number";
    "contact_emails.hiker" "hiker" "e-mail addresses given to contacts" "day" Number::Fixed("12") => "429";
    "contact_emails.address" "address" "times that it is given to a contact, by all hikers together" "day" Number::Fixed("6") => "429";
    "alarm_mails.pair" "hiker and address" "mails to a contact other than the three alerts of an alarm and what ends it" "day" Number::Fixed("3") => "not mailed; the texts and calls leave all the same";
    "alarm_mails.address" "address" "the same, from all hikers" "day" Number::Fixed("6") => "not mailed; the texts and calls leave all the same";
    "codes.number" "number" "codes" "day" Number::Set("THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY") => "429";
    "codes.account" "account" "codes" "day" Number::Set("THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY") => "429";
    "codes.neighbours" "thousand neighbouring numbers" "codes" "hour" Number::Fixed("20") => "429";
    "codes.service" "service" "codes" "hour" Number::Set("THUNDERBIRD_LIMIT_OTP_PER_HOUR") => "429";
    "codes.guesses" "account and number" "guesses at a code" "life of the code" Number::Fixed("5") => "429";
    "phone.wrong_words" "number" "wrong words of LINK, CONFIRM and BACK" "hour" Number::Fixed("5") => "silence for an hour";
    "sender.answers" "unregistered sender" "answers; six times that for a hiker, a contact and in a conversation" "hour" Number::Set("THUNDERBIRD_LIMIT_SMS_PER_HOUR") => "one text that names the limit, then silence; HELP, START, STOP, CHECKIN, OUT, LATE, BACK, ALERT, ACTING, FOUND and calls for help always work";
    "sender.loop" "sender" "equal texts" "10 minutes" Number::Fixed("30") => "silence; the same commands always work";
    "unreached.hiker" "hiker" "texts that say that a contact was not reached" "day" Number::Fixed("10") => "not told; shown in SAFELIST, on the web and in the console";
    "pages.kind" "service" "pages to the operator about one event of a kind each" "hour" Number::Fixed("10") => "told together, in one page for ten minutes";
    "login.identifier" "identifier as typed" "failed sign-ins" "day" Number::Fixed("5 free, then a delay from 30 s to an hour") => "429";
    "login.device" "device that is known by its token, in place of the identifier" "failed sign-ins" "day" Number::Fixed("5 free, then a delay from 30 s to an hour") => "429";
    "login.source" "source" "failed sign-ins" "10 minutes" Number::Set("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN") => "429";
    "login.queue" "source, and identifier or known device" "sign-ins that wait" "at once" Number::Fixed("40") => "503";
    "login.sessions" "account" "sign-ins that succeed" "hour" Number::Set("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR") => "429";
    "password.queue" "account" "own passwords that wait" "at once" Number::Fixed("40") => "503";
    "password.session" "session" "own passwords, counted before they are compared; a right one is given back" "day" Number::Fixed("5 free, then a delay from 30 s to an hour") => "429";
    "registration.source" "source" "registrations" "hour" Number::Set("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR") => "429";
    "reset.address" "address" "password resets" "hour" Number::Set("THUNDERBIRD_LIMIT_RESETS_PER_HOUR") => "429";
    "verification.account" "account" "verification mails" "hour" Number::Fixed("3") => "429";
    "verification.address" "address" "verification mails, whichever accounts they are for" "day" Number::Fixed("5") => "429; registered without a mail";
    "notices.address" "address" "mails that tell what happened to an account (a new password, a copied token, a number that is linked no longer), whichever accounts they are about" "day" Number::Fixed("10") => "not mailed; what they tell of happens all the same";
    "export.account" "account" "exports" "day" Number::Fixed("6") => "429";
    "export.queue" "service" "exports until they are sent, two minutes at most; one of an account" "at once" Number::Fixed("2") => "503";
    "reset.unknown" "service" "resets for addresses that no account has" "day" Number::Fixed("counted only") => "nothing is refused";
    "console.search" "viewer" "searches for a person" "hour" Number::Fixed("60") => "429";
    "writes.source" "source, and account" "requests that are no GET" "minute" Number::Set("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE") => "429";
    "connections.source" "source" "connections, a quarter of all at most" "at once" Number::Set("THUNDERBIRD_LIMIT_CONNECTIONS_PER_SOURCE") => "503, or closed if too many wait for one";
    "admin.identifier" "administrator's name" "failed sign-ins and codes, counted before they are judged" "day" Number::Fixed("5 free, then a delay from 30 s to an hour") => "429";
    "admin.source" "source" "failed sign-ins to the console" "10 minutes" Number::Set("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN") => "429";
}

/// What a row says beyond which nothing is refused.
const NOTHING_REFUSED: &str = "nothing is refused";

/// The limits that can refuse, by the names of their counters.
pub fn that_refuse() -> impl Iterator<Item = &'static str> {
    let refusing = LIMITS.iter().filter(|limit| limit.answer != NOTHING_REFUSED);
    refusing.map(|limit| limit.scope)
}

/// The page docs/limits.md, in Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# Limits\n\nThis page is printed by `thunderbird generate limits`; change the table in `crates/server/src/limits.rs` \
         instead.\n\nA source is an IPv4 address or an IPv6 /64. A refusal over HTTP has `Retry-After`. A limit \
         \"at once\", and `writes.source`, is counted in memory and begins again with a restart; every other one is stored. \
         Numbers, addresses and names are counted under keyed digests, and those counters outlive the account; only `sender.answers`, \
         `sender.loop` and `phone.wrong_words` are read from what is kept of the number. What is counted \
         for an account, a session, a device, a hiker or a viewer as a row of the database begins again with a new one: \
         `codes.account`, `codes.guesses`, `contacts.account`, `login.device`, `password.session`, `verification.account`, `export.account`, \
         `unreached.hiker`, `console.search`. The numbers can be set by the variable that is named: \
         [configuration](configuration.md). How often each has refused since the start is \
         `thunderbird_limit_refused_total{limit=\"codes.number\"}` in the metrics.\n\n| counter | who | what | within | how often | beyond it |\n|---|---|---|---|---|---|\n",
    );
    for limit in LIMITS {
        let number = match limit.number {
            Number::Set(name) => {
                let default = variable::find(name).map_or("", |variable| variable.default);
                format!("{default} (`{name}`)")
            }
            Number::Fixed(number) => number.to_owned(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {number} | {} |",
            limit.scope, limit.who, limit.what, limit.window, limit.answer
        );
    }
    page
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
