//! Phones that ring: on request one is picked up, a key is pressed, and the service hears how far a call has come.

use std::{io, time::Duration};

use super::{
    AUTH_TOKEN, FakeTwilio, ReceivedCall,
    callback::{post_form, signature},
    fault::Fault,
};

impl FakeTwilio {
    /// Every request to place a call, in the order of arrival, also those that were refused.
    pub fn calls(&self) -> Vec<ReceivedCall> {
        self.state.book().calls.received.clone()
    }

    /// Every call that was taken over: the phones that ring, in order.
    pub fn placed_calls(&self) -> Vec<ReceivedCall> {
        let mut calls = self.calls();
        calls.retain(|call| call.placed);
        calls
    }

    /// The calls that were taken over for one number, in order.
    pub fn placed_calls_to(&self, to: &str) -> Vec<ReceivedCall> {
        let mut calls = self.placed_calls();
        calls.retain(|call| call.to == to);
        calls
    }

    /// Waits until `count` calls were taken over, and returns all of them.
    ///
    /// # Panics
    ///
    /// When it takes longer than 30 s.
    pub async fn wait_for_calls(&self, count: usize) -> Vec<ReceivedCall> {
        let mut seen = self.state.book().calls.count.subscribe();
        let enough = seen.wait_for(|placed| *placed >= count);
        let waited = tokio::time::timeout(Duration::from_secs(30), enough)
            .await
            .is_ok();
        let calls = self.placed_calls();
        assert!(
            waited,
            "waited for {count} calls, {} came: {calls:?}",
            calls.len()
        );
        calls
    }

    /// What happens to the next requests to call one number, one each.
    pub fn script_calls_to(&self, to: &str, faults: impl IntoIterator<Item = Fault>) {
        let mut book = self.state.book();
        let scripted = book.calls.per_recipient.entry(to.to_owned()).or_default();
        scripted.extend(faults);
    }

    /// What happens to every request to place a call that has no script, until told otherwise.
    pub fn always_calls(&self, fault: Option<Fault>) {
        self.state.book().calls.always = fault;
    }

    /// The phone is picked up: asks the service what to say. Status and body of the answer.
    ///
    /// # Errors
    ///
    /// When the service cannot be reached.
    pub async fn pick_up(&self, call: &ReceivedCall) -> io::Result<(u16, String)> {
        let url = call.parameter("Url").unwrap_or_default();
        self.post_signed(url, &call.form("in-progress")).await
    }

    /// A key is pressed. Status and body of the answer.
    ///
    /// # Errors
    ///
    /// When the service cannot be reached.
    pub async fn press(&self, call: &ReceivedCall, key: &str) -> io::Result<(u16, String)> {
        let mut form = call.form("in-progress");
        form.push(("Digits".to_owned(), key.to_owned()));
        form.push(("FinishedOnKey".to_owned(), String::new()));
        form.push(("msg".to_owned(), "Gather End".to_owned()));
        let url = call.parameter("Url").unwrap_or_default();
        self.post_signed(url, &form).await
    }

    /// Reports how far a call has come, and returns the answer's status.
    ///
    /// # Errors
    ///
    /// When the service cannot be reached.
    pub async fn report_call(&self, call: &ReceivedCall, status: &str) -> io::Result<u16> {
        let mut form = call.form(status);
        form.push(("CallbackSource".to_owned(), "call-progress-events".to_owned()));
        form.push(("SequenceNumber".to_owned(), "0".to_owned()));
        let url = call.parameter("StatusCallback").unwrap_or_default();
        let (status, _) = self.post_signed(url, &form).await?;
        Ok(status)
    }

    /// Posts a form to the service, signed with the account's token. A service whose clock was moved a moment ago answers
    /// 408 until it has noticed; the form is posted again then.
    ///
    /// # Errors
    ///
    /// When the service cannot be reached.
    pub async fn post_signed(&self, url: &str, form: &[(String, String)]) -> io::Result<(u16, String)> {
        let signature = signature(AUTH_TOKEN, url, form);
        for _ in 0..50 {
            let answer = post_form(url, form, &signature).await?;
            if answer.0 != 408 {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        post_form(url, form, &signature).await
    }
}
