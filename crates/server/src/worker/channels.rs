//! The channels of the outbox, and how wide each of them works.

use std::time::Duration;

use thunderbird_domain::{
    mail::deliver::MailChannel, outgoing::Class, pager::PageChannel, sms::deliver::TextChannel,
    voice::CallChannel,
};

use super::outbox::Worked;

/// Texts to hikers and contacts.
pub static TEXTS: Worked<TextChannel> = Worked {
    name: "texts",
    dispatcher: |app| &app.sms.deliveries,
    upstream: |app| &app.sms.upstream,
    under_way: |class| match class {
        Class::Alarm | Class::Safety | Class::Notice => 128,
        Class::Code => 64,
    },
    logs_attempts: false,
    idle: Duration::from_millis(100),
};

/// Pages to the operator's address.
pub static PAGES: Worked<PageChannel> = Worked {
    name: "pages",
    dispatcher: |app| &app.pager.pages,
    upstream: |app| &app.pager.upstream,
    under_way: |_| 8,
    logs_attempts: true,
    idle: Duration::from_millis(250),
};

/// Calls to contacts who do not answer an alert.
pub static CALLS: Worked<CallChannel> = Worked {
    name: "calls",
    dispatcher: |app| &app.hiking.voice.calling,
    upstream: |app| &app.hiking.voice.upstream,
    under_way: |_| 32,
    logs_attempts: true,
    idle: Duration::from_millis(250),
};

/// Mails to accounts, and those that tell of an alarm.
pub static MAILS: Worked<MailChannel> = Worked {
    name: "mails",
    dispatcher: |app| &app.mail.mailings,
    upstream: |app| &app.mail.upstream,
    under_way: |_| 8,
    logs_attempts: true,
    idle: Duration::from_millis(250),
};
