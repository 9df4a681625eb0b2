//! `GET /auth/me/export`

use actix_web::{
    HttpResponse,
    http::header::{ContentDisposition, ContentType, DispositionParam, DispositionType},
    web::{self, Data},
};
use serde::Serialize;
use thunderbird_adapters::contained::contained;
use thunderbird_domain::{
    account::Session,
    privacy::{
        Export, ExportError, ExportedAudit, ExportedCheckIn, ExportedCode, ExportedHiker, ExportedLink,
        ExportedMail, ExportedMessage, ExportedPosition,
    },
};

use super::{
    export_contact::ContactExport,
    export_device::DeviceExport,
    export_promise::PromiseExport,
    leaving::{LONGEST, Leaving},
};
use crate::http::{
    account::AccountView,
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Everything held about an account, but for secrets. Every time is RFC 3339.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    /// The account.
    account: AccountView,
    /// Its sign-ins, newest first.
    sessions: Vec<SessionExport>,
    /// The devices that are known at its sign-in, the last used first.
    devices: Vec<DeviceExport>,
    /// The numbers it was linked to, newest first.
    phone_links: Vec<LinkExport>,
    /// The number it had in an earlier version of the service, which nobody proved; or null.
    claimed_phone: Option<String>,
    /// The numbers it had codes texted to, as long as they are kept, newest first.
    codes: Vec<CodeExport>,
    /// The mails it was sent, newest first.
    mails: Vec<MailExport>,
    /// The hikers it is or was linked to.
    hikers: Vec<HikerExport>,
    /// What the audit log says of it, and of what it did, oldest first.
    audit: Vec<AuditExport>,
}

/// Declares what one part of an export looks like.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Serialize, utoipa::ToSchema)]
        pub struct $name {
            $($(#[$member_doc])* $member: $type,)*
        }
    };
}

part! {
    /// A sign-in.
    SessionExport {
        /// Its id.
        id: i64,
        /// When it began.
        created_at: String,
        /// When it was last refreshed or used.
        last_seen_at: String,
        /// What the client called itself.
        user_agent: Option<String>,
        /// When it ended before its time.
        ended_at: Option<String>,
        /// Why.
        end_reason: Option<&'static str>,
    }
}

part! {
    /// A number's time with the account.
    LinkExport {
        /// The number.
        phone: String,
        /// From when on.
        started_at: String,
        /// Until when.
        ended_at: Option<String>,
    }
}

part! {
    /// A code that was texted; never the code itself.
    CodeExport {
        /// The number.
        phone: String,
        /// When.
        at: String,
    }
}

part! {
    /// A mail.
    MailExport {
        /// When it was queued.
        at: String,
        /// Whom it went to.
        to: String,
        /// Its subject.
        subject: String,
        /// Its text; null when it carried a link.
        text: Option<String>,
        /// What became of it.
        state: String,
    }
}

part! {
    /// A hiker, as long as the account was linked to the number.
    HikerExport {
        /// The number.
        phone: String,
        /// What the hiker is called.
        trail_name: String,
        /// The route.
        route_id: String,
        /// The camp of the last check-in.
        position: Option<PositionExport>,
        /// Since when.
        started_at: String,
        /// Whether the first text to a new contact gives the whole number.
        shows_number: bool,
        /// Whom to tell.
        contacts: Vec<ContactExport>,
        /// Every check-in, oldest first.
        check_ins: Vec<CheckInExport>,
        /// Every promise to be out by a time, oldest first.
        promises: Vec<PromiseExport>,
        /// Every text, oldest first.
        messages: Vec<MessageExport>,
    }
}

part! {
    /// A camp and when it was reached.
    PositionExport {
        /// The camp's code.
        camp: String,
        /// When.
        at: String,
    }
}

part! {
    /// A check-in.
    CheckInExport {
        /// The route.
        route_id: String,
        /// The camp's code.
        camp: String,
        /// The camp's name.
        camp_name: String,
        /// `sms`, `web` or `adopted`.
        source: String,
        /// How many contacts a text was queued for.
        contacts_told: u32,
        /// When.
        at: String,
        /// When the hiker took it back, RFC 3339, or null.
        taken_back_at: Option<String>,
    }
}

part! {
    /// A text.
    MessageExport {
        /// `in` or `out`.
        direction: String,
        /// What it said; null when that is not kept.
        text: Option<String>,
        /// What became of it.
        state: String,
        /// When.
        at: String,
    }
}

part! {
    /// A line of the audit log.
    AuditExport {
        /// When.
        at: String,
        /// What was done.
        action: String,
    }
}

/// Everything held about the account, as a file.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/auth/me/export", responses(
    (status = 200, description = "Everything held about the account.", body = ExportView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 429, description = "The account had its six exports of the day.", body = ProblemDocument),
    (status = 503, description = "An export is under way, or too much else.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    let (export, place) = app.privacy.export(caller).await?;
    // Other requests that this thread serves do not wait for it. It is written to its end if the client goes, and so the
    // place goes with it.
    let written = web::block(move || {
        let written = contained(|| serde_json::to_vec(&ExportView::from(export)));
        (written, place)
    });
    let Ok((Ok(Ok(body)), place)) = written.await else {
        return Err(Problem::internal());
    };
    let file = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("thunderbird-export.json".to_owned())],
    };
    Ok(HttpResponse::Ok()
        .insert_header(file)
        .content_type(ContentType::json())
        .body(Leaving::new(body.into(), place, LONGEST)))
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Gone => Self::invalid_token(),
            ExportError::Busy => Self::busy(),
            ExportError::Throttled { retry_after } => Self::throttled(
                "You had your exports of the day. Please come back later.",
                retry_after,
            ),
            ExportError::Fault(fault) => fault.into(),
        }
    }
}

/// Shows every item of a list.
fn all<T, V: From<T>>(items: Vec<T>) -> Vec<V> {
    items.into_iter().map(V::from).collect()
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        Self {
            account: export.account.into(),
            sessions: all(export.sessions),
            devices: all(export.devices),
            phone_links: all(export.links),
            claimed_phone: export.claimed_phone,
            codes: all(export.codes),
            mails: all(export.mails),
            hikers: all(export.hikers),
            audit: all(export.audit),
        }
    }
}

impl From<Session> for SessionExport {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.get(),
            created_at: session.started_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            user_agent: session.user_agent.map(|name| name.as_str().to_owned()),
            ended_at: session.ended.map(|(at, _)| at.to_string()),
            end_reason: session.ended.map(|(_, reason)| reason.as_str()),
        }
    }
}

impl From<ExportedLink> for LinkExport {
    fn from(link: ExportedLink) -> Self {
        Self {
            phone: link.phone,
            started_at: link.started_at.to_string(),
            ended_at: link.ended_at.map(|at| at.to_string()),
        }
    }
}

impl From<ExportedCode> for CodeExport {
    fn from(code: ExportedCode) -> Self {
        Self {
            phone: code.phone,
            at: code.at.to_string(),
        }
    }
}

impl From<ExportedMail> for MailExport {
    fn from(mail: ExportedMail) -> Self {
        Self {
            at: mail.at.to_string(),
            to: mail.to,
            subject: mail.subject,
            text: mail.text,
            state: mail.state,
        }
    }
}

impl From<ExportedHiker> for HikerExport {
    fn from(hiker: ExportedHiker) -> Self {
        Self {
            phone: hiker.phone,
            trail_name: hiker.trail_name,
            route_id: hiker.route_id,
            position: hiker.position.map(PositionExport::from),
            started_at: hiker.started_at.to_string(),
            shows_number: hiker.shows_number,
            contacts: all(hiker.contacts),
            check_ins: all(hiker.check_ins),
            promises: all(hiker.promises),
            messages: all(hiker.messages),
        }
    }
}

impl From<ExportedPosition> for PositionExport {
    fn from(position: ExportedPosition) -> Self {
        Self {
            camp: position.camp,
            at: position.at.to_string(),
        }
    }
}

impl From<ExportedCheckIn> for CheckInExport {
    fn from(check_in: ExportedCheckIn) -> Self {
        Self {
            route_id: check_in.route_id,
            camp: check_in.camp,
            camp_name: check_in.camp_name,
            source: check_in.source,
            contacts_told: check_in.contacts_told,
            at: check_in.at.to_string(),
            taken_back_at: check_in.taken_back_at.map(|at| at.to_string()),
        }
    }
}

impl From<ExportedMessage> for MessageExport {
    fn from(message: ExportedMessage) -> Self {
        Self {
            direction: message.direction,
            text: message.text,
            state: message.state,
            at: message.at.to_string(),
        }
    }
}

impl From<ExportedAudit> for AuditExport {
    fn from(line: ExportedAudit) -> Self {
        Self {
            at: line.at.to_string(),
            action: line.action,
        }
    }
}
