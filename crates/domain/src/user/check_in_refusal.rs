//! The reasons for which a check-in is refused, which the texts about check-ins need to know.

/// Why a check-in was refused. No contact received a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckInRefusal {
    /// The hiker's route is not in the catalogue.
    #[error("Your route is not known any more.")]
    UnknownRoute,
    /// The code is a peak's; only camps are checked in at.
    #[error("This is the code of a peak. Check in at a camp.")]
    Peak,
    /// The route has no such camp.
    #[error("There is no camp with this code on your route.")]
    UnknownCamp,
}
