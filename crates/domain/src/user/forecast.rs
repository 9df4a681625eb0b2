//! The forecast that the linked account sees: by the same rules and limits as the text CAST.

use super::Users;
use crate::{
    forecast::{
        Asked, NotFound, Shown, Span,
        coordinates::{self, Read},
        question::{Question, Wanted},
    },
    id::AccountId,
    port::Fault,
};

/// Longest place that is read: coordinates in degrees, minutes and seconds, with a height, are shorter.
const LONGEST_PLACE: usize = 100;

/// Why no forecast is shown.
#[derive(Debug, thiserror::Error)]
pub enum ForecastError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account, or no hiker has registered on it.")]
    NoUser,
    /// The operator has named no provider.
    #[error("Weather forecasts are not available from this service.")]
    NoProvider,
    /// The catalogue does not have the hiker's route any more.
    #[error("Your route is not listed any more. Choose another one.")]
    UnknownRoute,
    /// It is not said which place is meant.
    #[error("The place is not known.")]
    Place(NotFound),
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Users {
    /// The forecast of a place: the code of a camp or a peak, coordinates as CAST takes them, or the camp of the last check-in
    /// if no place is named. No provider is waited for.
    ///
    /// # Errors
    ///
    /// Fails with [`ForecastError`].
    pub async fn forecast(
        &self,
        account: AccountId,
        (place, span): (Option<&str>, Span),
    ) -> Result<Shown, ForecastError> {
        let stored = self.store.by_account(account).await?;
        let user = stored.ok_or(ForecastError::NoUser)?.user;
        let forecasts = self.forecasts.as_ref().ok_or(ForecastError::NoProvider)?;
        let route = self.routes.find(&user.route).ok_or(ForecastError::UnknownRoute)?;
        let question = Question {
            span,
            wanted: place.map_or(Wanted::Last, wanted),
        };
        let last = user.position.as_ref().map(|position| position.code.as_str());
        let asked = Asked::find(&question, route, last).map_err(ForecastError::Place)?;
        Ok(forecasts.show(asked, &user.phone, self.clock.now()).await?)
    }
}

/// The place that is meant: coordinates, or a code.
fn wanted(place: &str) -> Wanted {
    let place = place.trim();
    if place.len() > LONGEST_PLACE {
        return Wanted::Unclear;
    }
    match coordinates::read(place) {
        Read::Spot(spot) => Wanted::Spot(spot),
        Read::Unclear => Wanted::Unclear,
        Read::Otherwise if place.is_empty() => Wanted::Unclear,
        Read::Otherwise => Wanted::Code(place.to_ascii_uppercase()),
    }
}
