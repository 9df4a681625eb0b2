//! Random histories of one session against a model of what design and RFC 9700 section 4.14 ask: never two live
//! branches, never an honest client ended, and a copied token caught as soon as both of its holders go on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{collections::BTreeMap, time::Duration};

use proptest::{collection::vec, prelude::*, test_runner::Config};
use thunderbird_domain::{
    account::{Grant, IDLE_LIFE, OpaqueToken, WHOLE_LIFE},
    time::{Clock as _, Timestamp},
};
use thunderbird_testkit::accounts::{TestAccounts, refresh_token};

const PASSWORD: &str = "kea nest on the ridge";
const HISTORIES: u32 = 10_000;

/// One step of a history.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The client trades its token and gets the answer.
    Refresh,
    /// The client trades its token; the answer is lost on the way.
    LoseAnswer,
    /// The client uses its access token.
    Use,
    /// A thief copies what the client holds.
    Steal,
    /// The thief trades the newest token it has.
    ThiefRefreshes,
    /// The thief uses the newest access token it has.
    ThiefUses,
    /// The thief presents a token it copied or got earlier.
    Replay(usize),
    /// The owner ends the session from elsewhere.
    Revoke,
    /// The clock goes on by minutes, or is set back by less than an access token lasts.
    Clock(i16),
    /// Days pass.
    Wait(u8),
    /// The clock is set back by days.
    TurnBack(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Refresh),
        4 => Just(Step::LoseAnswer),
        6 => Just(Step::Use),
        1 => Just(Step::Steal),
        2 => Just(Step::ThiefRefreshes),
        2 => Just(Step::ThiefUses),
        1 => any::<usize>().prop_map(Step::Replay),
        1 => Just(Step::Revoke),
        3 => (-20_i16..90).prop_map(Step::Clock),
        1 => (0_u8..16).prop_map(Step::Wait),
        1 => (0_u8..31).prop_map(Step::TurnBack),
    ]
}

/// Steps that nobody but an honest client, its network and its clock make.
fn honest_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Refresh),
        4 => Just(Step::LoseAnswer),
        6 => Just(Step::Use),
        3 => (-20_i16..90).prop_map(Step::Clock),
    ]
}

/// What a holder has: the newest grant it received.
#[derive(Debug, Clone)]
struct Holder {
    grant: Grant,
    /// The refresh generation of that grant.
    generation: i64,
}

/// What must be true of the session, written down without looking at how it is done.
#[derive(Debug)]
struct Model {
    generation: i64,
    used: bool,
    over: bool,
    started_at: Timestamp,
    last_seen_at: Timestamp,
    /// The one refresh token there may ever be of each generation.
    tokens: BTreeMap<i64, String>,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Expected {
    Refused,
    Granted(i64),
}

impl Model {
    /// Whether the session is live; once it was seen that it is not, it never is again.
    fn is_live(&mut self, now: Timestamp) -> bool {
        self.over |= now >= self.started_at.plus(WHOLE_LIFE) || now >= self.last_seen_at.plus(IDLE_LIFE);
        !self.over
    }

    fn present(&mut self, generation: i64, now: Timestamp) -> Expected {
        if !self.is_live(now) {
            return Expected::Refused;
        }
        if generation == self.generation {
            self.generation += 1;
            self.used = false;
            self.last_seen_at = self.last_seen_at.max(now);
            return Expected::Granted(self.generation);
        }
        if generation + 1 == self.generation && !self.used {
            return Expected::Granted(self.generation);
        }
        self.over = true;
        Expected::Refused
    }

    /// Whether an access token of `generation` lets its bearer in; it counts as use of that generation.
    fn bear(&mut self, generation: i64, in_time: bool, now: Timestamp) -> bool {
        if !in_time || !self.is_live(now) {
            return false;
        }
        if generation >= self.generation && !self.used {
            self.used = true;
            self.last_seen_at = self.last_seen_at.max(now);
        }
        true
    }
}

/// A history under way.
struct History {
    world: TestAccounts,
    model: Model,
    client: Holder,
    thief: Option<Holder>,
    loot: Vec<(i64, OpaqueToken)>,
    issued: BTreeMap<String, Timestamp>,
}

impl History {
    async fn begin() -> Self {
        let world = TestAccounts::default();
        world.register("ada", PASSWORD).await;
        let (grant, now) = (world.login("ada", PASSWORD).await.unwrap(), world.clock.now());
        let model = Model {
            generation: 1,
            used: false,
            over: false,
            started_at: now,
            last_seen_at: now,
            tokens: BTreeMap::from([(1, grant.refresh_token.expose().clone())]),
        };
        let issued = BTreeMap::from([(grant.access_token.expose().clone(), now)]);
        let client = Holder { grant, generation: 1 };
        Self {
            world,
            model,
            client,
            thief: None,
            loot: Vec::new(),
            issued,
        }
    }

    async fn present(&mut self, token: &OpaqueToken, generation: i64) -> Option<Holder> {
        let now = self.world.clock.now();
        let expected = self.model.present(generation, now);
        let got = self.world.accounts.refresh(token).await;
        let Expected::Granted(generation) = expected else {
            assert!(got.is_err(), "a token of generation {generation} was taken");
            return None;
        };
        let grant = got.unwrap();
        let text = grant.refresh_token.expose().clone();
        let branch = self
            .model
            .tokens
            .entry(generation)
            .or_insert_with(|| text.clone());
        assert_eq!(*branch, text, "generation {generation} has two branches");
        self.issued.insert(grant.access_token.expose().clone(), now);
        Some(Holder { grant, generation })
    }

    async fn bear(&mut self, holder: &Holder) {
        let now = self.world.clock.now();
        let issued = self.issued[holder.grant.access_token.expose()].floor_to_second();
        let in_time = issued <= now && now < issued.plus(Duration::from_mins(30));
        let expected = self.model.bear(holder.generation, in_time, now);
        assert_eq!(self.world.lets_in(&holder.grant).await, expected);
    }

    async fn step(&mut self, step: Step) {
        let client = self.client.clone();
        match step {
            Step::Refresh => {
                let token = refresh_token(&client.grant);
                if let Some(next) = self.present(&token, client.generation).await {
                    self.client = next;
                }
            }
            Step::LoseAnswer => drop(
                self.present(&refresh_token(&client.grant), client.generation)
                    .await,
            ),
            Step::Use => self.bear(&client).await,
            Step::Steal => {
                self.loot.push((client.generation, refresh_token(&client.grant)));
                self.thief = Some(client);
            }
            Step::ThiefRefreshes => self.thief_refreshes().await,
            Step::ThiefUses => {
                if let Some(thief) = self.thief.clone() {
                    self.bear(&thief).await;
                }
            }
            Step::Replay(which) => {
                if !self.loot.is_empty() {
                    let (generation, token) = self.loot[which % self.loot.len()].clone();
                    drop(self.present(&token, generation).await);
                }
            }
            Step::Revoke => self.revoke().await,
            Step::Clock(minutes) => {
                let minute = i64::from(minutes) * 60_000_000;
                let now = self.world.clock.now().as_micros() + minute;
                self.world.clock.set(Timestamp::from_micros(now));
            }
            Step::Wait(days) => self
                .world
                .clock
                .advance(Duration::from_hours(24 * u64::from(days))),
            Step::TurnBack(days) => {
                let now = self.world.clock.now();
                self.world
                    .clock
                    .set(now.minus(Duration::from_hours(24 * u64::from(days))));
            }
        }
    }

    async fn thief_refreshes(&mut self) {
        if let Some(thief) = self.thief.clone()
            && let Some(next) = self.present(&refresh_token(&thief.grant), thief.generation).await
        {
            self.loot.push((next.generation, refresh_token(&next.grant)));
            self.thief = Some(next);
        }
    }

    async fn revoke(&mut self) {
        let owner = self.world.login("ada", PASSWORD).await.unwrap();
        let caller = self.world.caller(&owner).await;
        let sessions = self.world.accounts.list_sessions(caller).await.unwrap();
        for session in sessions.iter().filter(|session| session.id != caller.session_id) {
            self.world.accounts.end_session(caller, session.id).await.unwrap();
        }
        self.world.accounts.log_out(caller).await.unwrap();
        self.model.over = true;
    }

    fn was_ended_for_reuse(&self) -> bool {
        let reused = self.world.audited().contains(&"session.reused");
        let mailed = self
            .world
            .mails()
            .iter()
            .any(|(_, text)| text.contains("used twice"));
        assert_eq!(reused, mailed, "a reuse is audited and mailed, both or neither");
        reused
    }
}

fn run<T>(history: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(history)
}

fn histories(share: u32) -> Config {
    Config {
        cases: HISTORIES / share,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(histories(1))]

    #[test]
    fn every_answer_is_the_models(steps in vec(step(), 1..40)) {
        run(async {
            let mut history = History::begin().await;
            for step in &steps {
                history.step(*step).await;
            }
            let stolen = steps.iter().any(|step| matches!(step, Step::Steal));
            assert!(stolen || !history.was_ended_for_reuse(), "nobody copied a token");
        });
    }
}

proptest! {
    #![proptest_config(histories(5))]

    #[test]
    fn an_honest_client_is_never_ended_whatever_is_lost_on_the_way(steps in vec(honest_step(), 1..60)) {
        run(async {
            let mut history = History::begin().await;
            for step in steps {
                history.step(step).await;
            }
            history.step(Step::Refresh).await;
            history.step(Step::Use).await;
            assert!(!history.model.over && history.world.lets_in(&history.client.grant).await);
        });
    }

    #[test]
    fn a_copied_token_is_caught_when_both_of_its_holders_go_on(
        before in vec(honest_step(), 0..12),
        thief_first in any::<bool>(),
    ) {
        run(async {
            let mut history = History::begin().await;
            for step in before {
                history.step(step).await;
            }
            let client = [Step::Refresh, Step::Use];
            let thief = [Step::ThiefRefreshes, Step::ThiefUses];
            history.step(Step::Steal).await;
            let (first, second) = if thief_first { (thief, client) } else { (client, thief) };
            for step in first.into_iter().chain(second) {
                history.step(step).await;
            }
            assert!(history.model.over && history.was_ended_for_reuse());
        });
    }
}
