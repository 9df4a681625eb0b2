//! Columns of a call, and what they mean.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
};
use thunderbird_domain::{
    admin::CallLine,
    deadline::Watched,
    id::{CallId, DeadlineId},
    outbox::{message::Progress, state::SendState},
    outgoing::Words,
    random::Tag,
    voice::{CALL_CLASS, CallPayload, CallReceipt, CallSid, CallStatus, Key, LeasedCall, StoredCall},
};

use super::super::{
    Connection,
    column::{self, instant, optional_instant},
    outbox::row::{code, count},
    schema::calls,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = calls)]
pub(crate) struct Row {
    pub(super) id: i64,
    tag: Vec<u8>,
    deadline_id: Option<i64>,
    phone: String,
    state: String,
    status: Option<String>,
    words: Option<String>,
    sid: Option<String>,
    pressed: Option<String>,
    error_code: Option<String>,
    pub(super) attempts: i64,
    pub(super) ambiguous_attempts: i64,
    next_attempt_at: Option<i64>,
    pub(super) lease_tag: Option<Vec<u8>>,
    pub(super) expires_at: i64,
    state_at: i64,
}

/// The call with this tag.
pub(super) fn tagged(connection: &mut Connection, tag: Tag) -> QueryResult<Option<Row>> {
    calls::table
        .filter(calls::tag.eq(tag.as_bytes().as_slice()))
        .select(Row::as_select())
        .first(connection)
        .optional()
}

impl Row {
    pub(super) fn deadline(&self) -> Option<DeadlineId> {
        self.deadline_id.map(DeadlineId::from_stored)
    }

    pub(super) fn state(&self) -> QueryResult<SendState> {
        SendState::parse(&self.state).ok_or_else(|| column::corrupt("calls.state", self.id))
    }

    fn status(&self) -> QueryResult<Option<CallStatus>> {
        let word = self.status.as_deref();
        word.map(|word| CallStatus::parse(word).ok_or_else(|| column::corrupt("calls.status", self.id)))
            .transpose()
    }

    fn sid(&self) -> QueryResult<Option<CallSid>> {
        let raw = self.sid.as_deref();
        raw.map(|raw| CallSid::parse(raw).ok_or_else(|| column::corrupt("calls.sid", self.id)))
            .transpose()
    }

    /// The provider has the call once it has a name there or a state that only the provider gives.
    fn receipt(&self) -> QueryResult<Option<CallReceipt>> {
        let state = self.state()?;
        let is_taken = matches!(
            state,
            SendState::Accepted | SendState::Sent | SendState::Delivered | SendState::Undelivered
        );
        let sid = self.sid()?;
        Ok((is_taken || sid.is_some()).then_some(CallReceipt { sid }))
    }

    pub(super) fn progress(&self) -> QueryResult<Progress<CallPayload>> {
        Ok(Progress {
            id: CallId::from_stored(self.id),
            state: self.state()?,
            receipt: self.receipt()?,
            code: code(self.error_code.as_deref()),
            attempts: count(self.attempts),
            ambiguous: count(self.ambiguous_attempts),
            next_attempt_at: optional_instant(self.next_attempt_at),
            has_words: self.words.is_some(),
        })
    }

    pub(super) fn stored(self, watched: Option<Watched>) -> QueryResult<StoredCall> {
        Ok(StoredCall {
            tag: column::tag(&self.tag, "calls.tag", self.id)?,
            to: column::phone(&self.phone, "calls.phone", self.id)?,
            state: self.state()?,
            status: self.status()?,
            sid: self.sid()?,
            attempts: count(self.attempts),
            ambiguous: count(self.ambiguous_attempts),
            key: self.pressed.as_deref().and_then(Key::parse),
            words: self.words,
            watched,
        })
    }

    /// The call as the console shows it.
    pub(super) fn line(&self) -> QueryResult<CallLine> {
        Ok(CallLine {
            phone: column::phone(&self.phone, "calls.phone", self.id)?,
            state: self.state()?,
            status: self.status()?,
            key: self.pressed.as_deref().and_then(Key::parse),
            code: code(self.error_code.as_deref()),
            at: instant(self.state_at),
        })
    }

    pub(super) fn into_message(self, lease: Tag) -> QueryResult<LeasedCall> {
        Ok(LeasedCall {
            id: CallId::from_stored(self.id),
            tag: column::tag(&self.tag, "calls.tag", self.id)?,
            lease,
            payload: CallPayload {
                to: column::phone(&self.phone, "calls.phone", self.id)?,
            },
            class: CALL_CLASS,
            words: self.words.map(Words::Plain),
            expires_at: instant(self.expires_at),
            attempts: count(self.attempts),
            ambiguous: count(self.ambiguous_attempts),
        })
    }

    /// The call with the lease that holds it. A row that cannot be read stays leased: if it were an error, no other call
    /// could be taken back.
    pub(super) fn leased(self) -> Option<LeasedCall> {
        let id = self.id;
        let lease = column::tag(
            self.lease_tag.as_deref().unwrap_or_default(),
            "calls.lease_tag",
            id,
        );
        lease
            .and_then(|lease| self.into_message(lease))
            .inspect_err(|error| {
                tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased call cannot be read");
            })
            .ok()
    }
}
