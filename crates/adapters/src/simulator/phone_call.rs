//! A simulated phone that rings: it is picked up and its keys are pressed, with requests as Twilio signs them.

use super::{
    ACCOUNT_SID, NUMBER,
    client::{PhoneCall, PhoneError, SimulatedPhone, texts_in},
};
use crate::twilio::signature;

impl SimulatedPhone {
    /// Picks a call up, or presses a key. Returns what is said, each sentence group once.
    ///
    /// # Errors
    ///
    /// The service cannot be reached, or refuses it.
    pub async fn answer(&self, call: &PhoneCall, key: Option<&str>) -> Result<Vec<String>, PhoneError> {
        self.post_about(&format!("{}/status", call.path), call, None)
            .await?;
        let script = self.post_about(&call.path, call, key).await?;
        let mut said = texts_in(&script, "Say").ok_or_else(|| PhoneError::Unreadable {
            url: self.url.clone(),
        })?;
        // The facts are said twice.
        said.dedup();
        Ok(said)
    }

    /// The newest call to this phone.
    ///
    /// # Errors
    ///
    /// The service cannot be reached, or refuses it.
    pub async fn newest_call(&self) -> Result<Option<PhoneCall>, PhoneError> {
        let (events, _) = self.poll("after=0&wait=0").await?;
        Ok(events.into_iter().rev().find_map(|event| event.call))
    }

    async fn post_about(
        &self,
        path: &str,
        call: &PhoneCall,
        key: Option<&str>,
    ) -> Result<String, PhoneError> {
        let url = format!("{}{path}", self.url);
        let mut form = vec![
            ("AccountSid", ACCOUNT_SID),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", &call.sid),
            ("CallStatus", "in-progress"),
            ("Direction", "outbound-api"),
            ("From", NUMBER),
            ("To", self.number.as_str()),
        ];
        form.extend(key.map(|key| ("Digits", key)));
        let form: Vec<(String, String)> = form
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut sorted: Vec<_> = form.iter().collect();
        sorted.sort_unstable();
        let signature = signature::sign(self.token.expose(), &[&url], &sorted);
        let request = self
            .client
            .post(&url)
            .header("X-Twilio-Signature", signature)
            .form(&form);
        self.read(&url, request.send().await).await
    }
}
