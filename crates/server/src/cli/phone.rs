//! `thunderbird phone <number> [text]`

use std::{
    io::{self, BufRead as _},
    rc::Rc,
    thread,
    time::Duration,
};

use actix_web::rt;
use clap::Args;
use thunderbird_adapters::{
    crypto::{
        entropy::SystemEntropy, key_ring_file::KeyRingFile, keys::Keys, simulator_token::simulator_token,
    },
    simulator::client::{PhoneCall, PhoneEvent, SimulatedPhone},
};
use thunderbird_domain::{phone_number::PhoneNumber, random::Tag, secret::Secret};
use tokio::sync::mpsc;

use super::{Exit, Failure, Settings, screen};
use crate::config::{Config, Gateway, PublicUrl};

/// How long to wait before asking again a service that went away.
const PAUSE: Duration = Duration::from_secs(2);

/// Be a phone of the simulator: text the running service, and see what it answers and sends to this number.
///
/// With a text: sends it, prints what comes back, and exits. Without: every line that is typed is a text, until the
/// end of the input (Ctrl-D). A phone that rings is picked up at once; a digit that is typed then is a key.
#[derive(Args)]
pub struct Phone {
    /// The phone's number, such as 0491570006.
    number: String,
    /// The text to send.
    text: Option<String>,
    /// Where the service runs, if not where the configuration says: such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Pick up the newest call to the phone and press this key, in place of a text.
    #[arg(long, value_name = "KEY", conflicts_with = "text")]
    key: Option<String>,
    /// First move the simulator's clock ahead, to an instant such as 2026-11-22T18:00:00+11:00 or by a span such as +26h.
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
}

impl Phone {
    /// Texts.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        if !matches!(config.gateway, Gateway::Simulator) {
            return Err(Failure::configuration(
                "Twilio is configured, so there is no simulator to text. Remove the TWILIO_* settings to use it.",
            ));
        }
        let number =
            PhoneNumber::parse(&self.number, config.texting.default_region).map_err(Failure::problem)?;
        let url = match self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => public_url(&config)?,
        };
        let phone = SimulatedPhone::new(url, key(&config)?, number).map_err(Failure::problem)?;
        rt::System::new().block_on(async move {
            if let Some(at) = &self.at {
                phone.move_clock(at).await.map_err(Failure::problem)?;
            }
            match (self.key, self.text) {
                (Some(key), _) => press(&phone, &key).await,
                (None, Some(text)) => once(&phone, &text).await,
                (None, None) => converse(phone).await,
            }
        })
    }
}

/// Where the service of this configuration listens.
pub fn public_url(config: &Config) -> Result<String, Failure> {
    let known = config.listen.public_url.clone();
    let listening = || PublicUrl::of_listener(config.listen.bind).filter(|_| config.listen.bind.port() != 0);
    let url = known.or_else(listening);
    url.map(|url| url.to_string()).ok_or_else(|| {
        Failure::configuration(
            "THUNDERBIRD_BIND leaves the port open: say with --url where the service runs.",
        )
    })
}

/// The simulator's key in hex.
pub fn key(config: &Config) -> Result<Secret<String>, Failure> {
    let keys = match &config.keys.content {
        Some(content) => Keys::from_text(content.expose()).map_err(Failure::configuration)?,
        None => KeyRingFile::at(&config.keys.path)
            .read()
            .map_err(Failure::configuration)?,
    };
    simulator_token(&keys).ok_or_else(|| Failure::configuration("The key ring has no simulator key."))
}

async fn once(phone: &SimulatedPhone, text: &str) -> Result<Exit, Failure> {
    for answer in phone
        .text(Tag::draw(&SystemEntropy), text)
        .await
        .map_err(Failure::problem)?
    {
        screen::say(answer)?;
    }
    Ok(Exit::Done)
}

/// Picks up and presses a key: what is said before and after.
async fn press(phone: &SimulatedPhone, key: &str) -> Result<Exit, Failure> {
    let call = phone.newest_call().await.map_err(Failure::problem)?;
    let call = call.ok_or_else(|| Failure::problem("This phone was not called."))?;
    for key in [None, Some(key)] {
        for said in phone.answer(&call, key).await.map_err(Failure::problem)? {
            screen::say(said)?;
        }
    }
    Ok(Exit::Done)
}

/// Answers a call: picks it up, or presses a key, and shows what is said.
async fn answer(phone: &SimulatedPhone, call: &PhoneCall, key: Option<&str>) -> io::Result<()> {
    match phone.answer(call, key).await {
        Ok(said) => said.iter().try_for_each(|said| say_indented(said)),
        Err(error) => {
            screen::complain(error);
            Ok(())
        }
    }
}

/// A line that is a key while a call is open, and a text otherwise.
fn is_key(line: &str) -> bool {
    line.len() == 1 && line.bytes().all(|byte| byte.is_ascii_digit())
}

async fn converse(phone: SimulatedPhone) -> Result<Exit, Failure> {
    let phone = Rc::new(phone);
    let newest = phone.newest().await.map_err(Failure::problem)?;
    let mut typed = lines();
    let (sent, mut received) = mpsc::channel(16);
    let listening = rt::spawn(listen(Rc::clone(&phone), newest, sent));
    let mut open: Option<PhoneCall> = None;
    loop {
        tokio::select! {
            line = typed.recv() => {
                let Some(line) = line else { break };
                if let Some(call) = open.as_ref().filter(|_| is_key(&line)) {
                    answer(&phone, call, Some(&line)).await?;
                    continue;
                }
                match phone.text(Tag::draw(&SystemEntropy), &line).await {
                    Ok(answers) => answers.into_iter().try_for_each(|answer| say_indented(&answer))?,
                    Err(error) => screen::complain(error),
                }
            }
            Some(event) = received.recv() => {
                say_indented(&event.body)?;
                if let Some(call) = event.call {
                    answer(&phone, &call, None).await?;
                    open = Some(call);
                }
            }
        }
    }
    listening.abort();
    Ok(Exit::Done)
}

/// What comes from the service stands indented under what was typed.
fn say_indented(text: &str) -> io::Result<()> {
    text.lines()
        .try_for_each(|line| screen::say(format_args!("    {line}")))
}

/// Hands over what is sent to the phone, until nobody takes it.
async fn listen(phone: Rc<SimulatedPhone>, mut after: u64, sent: mpsc::Sender<PhoneEvent>) {
    let mut complained = false;
    while !sent.is_closed() {
        match phone.events(after).await {
            Ok((events, last)) => {
                (after, complained) = (last, false);
                for event in events {
                    drop(sent.send(event).await);
                }
            }
            Err(error) => {
                if !complained {
                    screen::complain(error);
                }
                // A service that was started again counts from the beginning.
                (after, complained) = (0, true);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The lines of standard input, read on a thread of their own.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
