//! The ids of stored rows. They decide nothing, so every context and the kernel may name them.

/// Declares one type for the ids of each table.
macro_rules! row_ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps an id that the store assigned.
            pub const fn from_stored(id: i64) -> Self {
                Self(id)
            }

            /// The id as a number, as the store keeps it.
            pub const fn get(self) -> i64 {
                self.0
            }
        }
    )+};
}

row_ids! {
    /// Id of a web account. The store assigns it and never reuses it.
    AccountId;
    /// Id of an administrator. The store assigns it and never reuses it.
    AdminId;
    /// Id of a call to a contact. The store assigns it in the order of queueing.
    CallId;
    /// Id of a check-in. The store assigns it and never reuses it.
    CheckInId;
    /// Id of a hiker's contact. The store assigns it and never reuses it.
    ContactId;
    /// Id of a promise to be out by a time. The store assigns it and never reuses it.
    DeadlineId;
    /// Id of a device that has signed in. The store assigns it and never reuses it.
    DeviceId;
    /// Id of a link between a number and an account. The store assigns it and never reuses it.
    LinkId;
    /// Id of a mail that we send. The store assigns it in the order of queueing.
    MailId;
    /// Id of a text, received or sent: both stand in one table. The store assigns it in the order of arrival or
    /// queueing and never reuses it.
    MessageId;
    /// Id of a page to the operator. The store assigns it in the order of queueing.
    PageId;
    /// Id of a web session. The store assigns it and never reuses it.
    SessionId;
    /// Id of a hiker. The store assigns it and never reuses it.
    UserId;
}
