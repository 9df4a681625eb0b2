//! Two stores on one database, as two processes have it: each call goes to the one that did not get the last.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use thunderbird_adapters::store::postgres::Store;
use thunderbird_domain::{
    account::{
        Account, AccountChange, AccountId, AccountStore, EndSessions, ExpireSessions, KnownDevice,
        MailPurpose, MailToken, MailTokenIssue, MailTokenRequest, MailTokenStore, Registration, Session,
        SessionChange, SessionStart, SessionStatus, SessionStore, Started,
    },
    admin::{
        AccountFilter, AccountLine, AccountPage, Admin, AdminActions, AdminCommit, AdminName, AdminReader,
        AdminSession, AdminSessions, AdminStore, AuditFilter, AuditLine, Begun, Cursor, Figures,
        MessageFilter, MessageLine, NewAdmin, NewAdminSession, OptOutLine, PageOf, PromisePage, Queueing,
        Removal, RemoveUser, Resent, UserFilter, UserLine, UserPage, WatchList,
    },
    audit::AuditEvent,
    deadline::{DeadlineStore, DueDeadlines, SaveDeadline, StoredDeadline, Survey, TripWords, Watched},
    email::Email,
    forecast::{Answered, Cell, CellOrder, Forecast, ForecastRequest, ForecastStore, Ordered, Source},
    health::{StoreCondition, StoreFigures, StoreHealth},
    id::{AdminId, DeadlineId, MessageId, SessionId},
    idempotency::{Claim, IdempotencyStore, KeptAnswer, KeyedRequest},
    limit::{Counted, Limit, LimitKey, RateLimiter, Verdict},
    mail::{
        outbox::MailPayload,
        stop::{Addressee, StoppedMails},
    },
    opt_out::{OptOutChange, OptOuts},
    outbox::lease::{LeaseOrder, Leased},
    outbox::message::{LeasedMessage, Progress},
    outbox::port::Outbox,
    outbox::settle::Settlement,
    outgoing::{Outgoing, OutgoingCall, OutgoingMail, OutgoingText},
    page::{OutgoingPage, Page},
    pager::{PageFigure, PageLog, PagePayload, Troubles},
    phone::{
        Guess, LinkView, NewWords, PhoneCommit, PhoneStore, SavePhone, SendCode, SendVerdict, TextLinkState,
        WordSet, WordsVerdict,
    },
    phone_number::PhoneNumber,
    port::{Commit, PortFuture},
    privacy::{Deletion, Export, PrivacyStore, RetentionCutoffs},
    random::Tag,
    route::RouteId,
    secret::{Mac, TokenDigest},
    sms::inbound::{Inbox, MessageSid, ReceiveText, Received, SenderState, TextDigest, TokenFingerprint},
    sms::outbox::{Callback, CallbackResult, DeliveryReports, Reading, TextPayload, Unread},
    sms::reception::{Reception, ReceptionLog},
    time::Timestamp,
    token::key_memory::{KeyMemory, RingChange},
    token::key_ring::RingKey,
    user::{
        CheckInId, ContactOf, LoggedMessage, MessageLog, SaveUser, SavedUser, StoredCheckIn, StoredUser,
        UserChange, UserId, UserStore,
    },
    voice::{CallHeard, CallPayload, CallReport, Calls, Key as PhoneKey, StoredCall},
};

/// Two stores that are used in turn, call by call. A copy goes on where the original is.
#[derive(Clone)]
pub struct TwoStores {
    stores: [Store; 2],
    calls: Arc<AtomicUsize>,
}

impl TwoStores {
    /// Both are on the same database.
    pub fn new(stores: [Store; 2]) -> Self {
        Self {
            stores,
            calls: Arc::default(),
        }
    }

    fn next(&self) -> &Store {
        let [first, second] = &self.stores;
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            first
        } else {
            second
        }
    }
}

macro_rules! in_turn {
    ($($port:path {
        $(fn $method:ident(&self $(, $name:ident: $type:ty)*) -> $answer:ty;)*
    })*) => {
        $(impl $port for TwoStores {
            $(fn $method(&self $(, $name: $type)*) -> $answer {
                <Store as $port>::$method(self.next() $(, $name)*)
            })*
        })*
    };
}

in_turn! {
    AdminReader {
        fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures>;
        fn users(&self, filter: UserFilter, limit: u32) -> PortFuture<'_, PageOf<UserLine>>;
        fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>>;
        fn linked_account(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<AccountId>>;
        fn hikers_of_contact(&self, phone: &PhoneNumber) -> PortFuture<'_, Vec<ContactOf>>;
        fn accounts(&self, filter: AccountFilter, limit: u32) -> PortFuture<'_, PageOf<AccountLine>>;
        fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>>;
        fn messages(&self, filter: MessageFilter, limit: u32) -> PortFuture<'_, PageOf<MessageLine>>;
        fn message(&self, id: MessageId) -> PortFuture<'_, Option<MessageLine>>;
        fn opt_outs(&self, before: Option<Cursor>, limit: u32) -> PortFuture<'_, PageOf<OptOutLine>>;
        fn watch(&self, limit: u32) -> PortFuture<'_, WatchList>;
        fn promise(&self, id: DeadlineId, now: Timestamp) -> PortFuture<'_, Option<PromisePage>>;
        fn audit(&self, filter: AuditFilter, limit: u32) -> PortFuture<'_, PageOf<AuditLine>>;
    }
    AdminActions {
        fn register_user(&self, change: UserChange, audit: AuditEvent) -> PortFuture<'_, Commit<UserId>>;
        fn remove_user(&self, remove: RemoveUser) -> PortFuture<'_, Removal>;
        fn resend(&self, message: MessageId, at: Timestamp, audit: AuditEvent) -> PortFuture<'_, Resent>;
        fn send(&self, text: OutgoingText, audit: AuditEvent) -> PortFuture<'_, Queueing>;
        fn change_opt_out(&self, change: OptOutChange, outgoing: Vec<Outgoing>, audit: AuditEvent) -> PortFuture<'_, bool>;
        fn record(&self, audit: AuditEvent) -> PortFuture<'_, ()>;
    }
    AdminStore {
        fn by_name(&self, name: &AdminName) -> PortFuture<'_, Option<Admin>>;
        fn by_id(&self, id: AdminId) -> PortFuture<'_, Option<Admin>>;
        fn list(&self) -> PortFuture<'_, Vec<Admin>>;
        fn create(&self, new: NewAdmin) -> PortFuture<'_, Commit<AdminId>>;
        fn has_recovery_code(&self, id: AdminId, digest: TokenDigest) -> PortFuture<'_, bool>;
        fn commit(&self, commit: AdminCommit) -> PortFuture<'_, Commit>;
    }
    AdminSessions {
        fn begin(&self, new: NewAdminSession) -> PortFuture<'_, Begun>;
        fn by_digest(&self, digest: TokenDigest) -> PortFuture<'_, Option<(AdminSession, Admin)>>;
        fn seen(&self, digest: TokenDigest, at: Timestamp) -> PortFuture<'_, ()>;
        fn end(&self, digest: TokenDigest, audit: AuditEvent) -> PortFuture<'_, ()>;
    }
    StoreHealth {
        fn check(&self) -> PortFuture<'_, StoreCondition>;
        fn figures(&self, now: Timestamp) -> PortFuture<'_, StoreFigures>;
        fn ping_writer(&self) -> PortFuture<'_, ()>;
    }
    UserStore {
        fn by_phone(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<StoredUser>>;
        fn by_account(&self, account: AccountId) -> PortFuture<'_, Option<StoredUser>>;
        fn commit(&self, save: SaveUser) -> PortFuture<'_, Commit<SavedUser>>;
        fn check_ins(&self, user: UserId, before: Option<CheckInId>, limit: u32) -> PortFuture<'_, Vec<StoredCheckIn>>;
    }
    MessageLog {
        fn messages(&self, user: UserId, before: Option<MessageId>, limit: u32) -> PortFuture<'_, Vec<LoggedMessage>>;
    }
    OptOuts {
        fn is_opted_out(&self, phone: &PhoneNumber) -> PortFuture<'_, bool>;
    }
    RateLimiter {
        fn counted(&self, keys: Vec<LimitKey>) -> PortFuture<'_, Counted>;
        fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict>;
        fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict>;
        fn give_back(&self, limits: Vec<Limit>, at: Timestamp) -> PortFuture<'_, ()>;
    }
    DeliveryReports {
        fn hear(&self, callback: Callback) -> PortFuture<'_, CallbackResult>;
        fn unread(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<Unread>>;
        fn record(&self, readings: Vec<Reading>) -> PortFuture<'_, ()>;
    }
    Inbox {
        fn sender_state(&self, phone: &PhoneNumber, digest: TextDigest, at: Timestamp) -> PortFuture<'_, SenderState>;
        fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received>;
        fn own_texts(&self, phone: &PhoneNumber, since: Timestamp, limit: u32) -> PortFuture<'_, Vec<String>>;
        fn unseen(&self, sids: Vec<MessageSid>) -> PortFuture<'_, HashSet<MessageSid>>;
    }
    SessionStore {
        fn session_status(&self, id: SessionId) -> PortFuture<'_, Option<SessionStatus>>;
        fn by_refresh(&self, digest: TokenDigest) -> PortFuture<'_, Option<(Session, i64)>>;
        fn of_account(&self, account: AccountId) -> PortFuture<'_, Vec<Session>>;
        fn device(&self, token: TokenDigest) -> PortFuture<'_, Option<KnownDevice>>;
        fn start(&self, start: SessionStart) -> PortFuture<'_, Started>;
        fn mark_used(&self, id: SessionId, generation: i64, at: Timestamp) -> PortFuture<'_, ()>;
        fn commit(&self, change: SessionChange) -> PortFuture<'_, Commit>;
        fn end(&self, end: EndSessions) -> PortFuture<'_, usize>;
        fn expire(&self, expire: ExpireSessions) -> PortFuture<'_, usize>;
    }
    AccountStore {
        fn by_id(&self, id: AccountId) -> PortFuture<'_, Option<Account>>;
        fn by_email(&self, email: &Email) -> PortFuture<'_, Option<Account>>;
        fn register(&self, registration: Registration) -> PortFuture<'_, Commit<AccountId>>;
        fn change(&self, change: AccountChange) -> PortFuture<'_, Commit>;
    }
    MailTokenStore {
        fn issue(&self, issue: MailTokenIssue) -> PortFuture<'_, Commit>;
        fn request(&self, request: MailTokenRequest) -> PortFuture<'_, Verdict>;
        fn find(&self, purpose: MailPurpose, digest: TokenDigest) -> PortFuture<'_, Option<MailToken>>;
    }
    ReceptionLog {
        fn last(&self) -> PortFuture<'_, Option<Reception>>;
        fn alive(&self, at: Timestamp) -> PortFuture<'_, ()>;
        fn read_to(&self, at: Timestamp) -> PortFuture<'_, ()>;
    }
    KeyMemory {
        fn remembered(&self) -> PortFuture<'_, Vec<String>>;
        fn remember(&self, change: RingChange) -> PortFuture<'_, ()>;
        fn named(&self) -> PortFuture<'_, BTreeSet<String>>;
        fn replace(&self, ring: Vec<RingKey>, audit: AuditEvent) -> PortFuture<'_, ()>;
        fn void(&self, at: Timestamp) -> PortFuture<'_, bool>;
    }
    Outbox<TextPayload> {
        fn queue(&self, messages: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, ()>;
        fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<TextPayload>>>;
        fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<TextPayload>>;
        fn settle(&self, settlements: Vec<Settlement<TextPayload>>) -> PortFuture<'_, ()>;
        fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<TextPayload>>>;
        fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize>;
    }
    Outbox<MailPayload> {
        fn queue(&self, messages: Vec<OutgoingMail>, at: Timestamp) -> PortFuture<'_, ()>;
        fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<MailPayload>>>;
        fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<MailPayload>>;
        fn settle(&self, settlements: Vec<Settlement<MailPayload>>) -> PortFuture<'_, ()>;
        fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<MailPayload>>>;
        fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize>;
    }
    Outbox<PagePayload> {
        fn queue(&self, messages: Vec<Page>, at: Timestamp) -> PortFuture<'_, ()>;
        fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<PagePayload>>>;
        fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<PagePayload>>;
        fn settle(&self, settlements: Vec<Settlement<PagePayload>>) -> PortFuture<'_, ()>;
        fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<PagePayload>>>;
        fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize>;
    }
    PageLog {
        fn troubles(&self, now: Timestamp) -> PortFuture<'_, Troubles>;
        fn note(&self, pages: Vec<OutgoingPage>, at: Timestamp) -> PortFuture<'_, ()>;
        fn forget(&self, events: Vec<String>) -> PortFuture<'_, ()>;
        fn figures(&self, now: Timestamp) -> PortFuture<'_, Vec<PageFigure>>;
    }
    Outbox<CallPayload> {
        fn queue(&self, messages: Vec<OutgoingCall>, at: Timestamp) -> PortFuture<'_, ()>;
        fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<CallPayload>>>;
        fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<CallPayload>>;
        fn settle(&self, settlements: Vec<Settlement<CallPayload>>) -> PortFuture<'_, ()>;
        fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<CallPayload>>>;
        fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize>;
    }
    StoppedMails {
        fn addressee(&self, mail: Tag) -> PortFuture<'_, Option<Addressee>>;
        fn stop(&self, mail: Tag, stops: bool, at: Timestamp) -> PortFuture<'_, bool>;
    }
    Calls {
        fn call(&self, tag: Tag) -> PortFuture<'_, Option<StoredCall>>;
        fn report(&self, report: CallReport) -> PortFuture<'_, CallHeard>;
        fn press(&self, tag: Tag, key: PhoneKey, at: Timestamp) -> PortFuture<'_, ()>;
        fn wants_no_calls(&self, phone: &PhoneNumber) -> PortFuture<'_, bool>;
    }
    DeadlineStore {
        fn by_words(&self, words: TripWords, since: Timestamp) -> PortFuture<'_, Option<Watched>>;
        fn due(&self, now: Timestamp, limit: u32) -> PortFuture<'_, DueDeadlines>;
        fn of_user(&self, user: UserId, before: Option<DeadlineId>, limit: u32)
            -> PortFuture<'_, Vec<StoredDeadline>>;
        fn next_due(&self) -> PortFuture<'_, Option<Timestamp>>;
        fn unreached(&self, now: Timestamp) -> PortFuture<'_, Vec<DeadlineId>>;
        fn survey(&self, now: Timestamp) -> PortFuture<'_, Survey>;
        fn save(&self, save: SaveDeadline) -> PortFuture<'_, Commit>;
    }
    ForecastStore {
        fn copies(&self, cells: Vec<Cell>) -> PortFuture<'_, Vec<Forecast>>;
        fn put(&self, forecast: Forecast) -> PortFuture<'_, ()>;
        fn checked(&self, cell: Cell, source: Source, at: (Timestamp, Option<Timestamp>)) -> PortFuture<'_, ()>;
        fn kept(&self, limit: u32) -> PortFuture<'_, Vec<Forecast>>;
        fn order(&self, cells: Vec<CellOrder>, at: Timestamp) -> PortFuture<'_, usize>;
        fn ordered(&self, limit: u32) -> PortFuture<'_, Vec<Ordered>>;
        fn take(&self, now: Timestamp, until: Timestamp) -> PortFuture<'_, Option<CellOrder>>;
        fn settle(&self, cell: Cell, again_at: Option<Timestamp>) -> PortFuture<'_, ()>;
        fn waiting(&self, limit: u32) -> PortFuture<'_, Vec<ForecastRequest>>;
        fn answer(&self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, Answered>;
        fn walked(&self) -> PortFuture<'_, Vec<RouteId>>;
        fn prune(&self, before: Timestamp) -> PortFuture<'_, usize>;
    }
    IdempotencyStore {
        fn claim(&self, request: KeyedRequest, at: Timestamp) -> PortFuture<'_, Claim>;
        fn settle(&self, request: KeyedRequest, answer: Option<KeptAnswer>) -> PortFuture<'_, ()>;
        fn forget(&self, at: Timestamp) -> PortFuture<'_, usize>;
    }
    PrivacyStore {
        fn export(&self, account: AccountId) -> PortFuture<'_, Option<Export>>;
        fn record(&self, event: AuditEvent) -> PortFuture<'_, ()>;
        fn prune(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, bool>;
        fn forget(&self, cutoffs: RetentionCutoffs) -> PortFuture<'_, usize>;
        fn forget_sids(&self, before: Timestamp, believed: Vec<TokenFingerprint>) -> PortFuture<'_, usize>;
        fn delete(&self, deletion: Deletion) -> PortFuture<'_, Commit>;
    }
    PhoneStore {
        fn send_code(&self, send: SendCode) -> PortFuture<'_, SendVerdict>;
        fn count_guess(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, Guess>;
        fn offer_words(&self, words: NewWords) -> PortFuture<'_, WordsVerdict>;
        fn words(&self, macs: Vec<Mac>, at: Timestamp) -> PortFuture<'_, Option<WordSet>>;
        fn text_link_state(&self, phone: &PhoneNumber, at: Timestamp) -> PortFuture<'_, TextLinkState>;
        fn linked(&self, account: AccountId) -> PortFuture<'_, Option<PhoneNumber>>;
        fn view(&self, account: AccountId, phone: &PhoneNumber) -> PortFuture<'_, Option<LinkView>>;
        fn commit(&self, save: SavePhone) -> PortFuture<'_, PhoneCommit>;
    }
}
