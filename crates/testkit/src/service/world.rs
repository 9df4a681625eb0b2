//! The world of a test: the real binary, a fake Twilio and a fake mail server.

use super::{Client, Contact, Hiker, Operator, Service, ServiceBuilder};
use crate::{fake_smtp::FakeSmtp, fake_twilio::FakeTwilio};

/// A running service and everything that it talks to.
///
/// ```ignore
/// let mut world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
/// let (sam, mum) = (world.hiker(SAM).registered().await, world.contact(MUM));
/// sam.text("SAFE 0491 570 110 Mum").await;
/// world.restart().await;
/// assert!(mum.nth_text(0).await.contains("Sam"));
/// ```
pub struct World {
    /// The service.
    pub service: Service,
    /// Its Twilio.
    pub twilio: FakeTwilio,
    /// Its mail server.
    pub smtp: FakeSmtp,
}

impl World {
    /// Starts the service from `binary` (`env!("CARGO_BIN_EXE_thunderbird")`) over an empty database.
    pub async fn start(binary: &str) -> Self {
        Self::start_with(binary, |builder| builder).await
    }

    /// Starts the service as `change` configures it.
    pub async fn start_with(binary: &str, change: impl FnOnce(ServiceBuilder) -> ServiceBuilder) -> Self {
        Self::around(change(Service::builder(binary))).await
    }

    /// Starts a service that is configured already, and puts the fakes around it.
    pub async fn around(builder: ServiceBuilder) -> Self {
        Self::around_twilio(builder, FakeTwilio::start().await).await
    }

    /// The same with a Twilio that is set up already.
    pub async fn around_twilio(builder: ServiceBuilder, twilio: FakeTwilio) -> Self {
        let smtp = FakeSmtp::start().await;
        Self {
            service: builder.twilio(&twilio).smtp(&smtp).start().await,
            twilio,
            smtp,
        }
    }

    /// Kills the service and starts it again over the same database.
    pub async fn restart(&mut self) {
        self.service.kill();
        self.service.start_again().await;
    }

    /// A hiker's phone.
    pub fn hiker(&self, number: &str) -> Hiker {
        Hiker::new(&self.service, &self.twilio, number)
    }

    /// A contact's phone.
    pub fn contact(&self, number: &str) -> Contact {
        Contact::new(&self.service, &self.twilio, number)
    }

    /// A new account, `name`@example.org, signed in.
    pub async fn client(&self, name: &str) -> Client {
        Client::sign_up(&self.service, name).await
    }

    /// A new administrator with the role of an operator, signed in to the console.
    pub async fn operator(&self, name: &str) -> Operator {
        Operator::signed_in(&self.service, name, "operator").await
    }
}
