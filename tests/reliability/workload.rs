//! Hikers and web clients who use the service at the same time, write down what they are answered, and ask again what
//! they were not.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use thunderbird_testkit::service::{Line, Service, Webhook};
use tokio::task::JoinSet;

use super::ledger::{HeardText, Ledger, Meaning};

/// The camps that a hiker comes through, in this order, again and again.
const CAMPS: [&str; 4] = ["RONNY", "WATER", "PELIO", "KIAOR"];

/// One hiker after the other, each texting what comes next.
struct Hiker {
    number: usize,
    /// How many hikers text at the same time.
    of: usize,
    step: usize,
    /// A text that was sent and not answered.
    unanswered: Option<Webhook>,
}

/// What a hiker texts at a step, what the answer is to contain, and what it is for.
type Line3 = (String, &'static str, Meaning);

impl Hiker {
    fn phone(&self) -> String {
        format!("+6141{:07}", self.number)
    }

    fn contact(&self, place: usize) -> String {
        format!("+6142{:07}", self.number * 2 + place)
    }

    fn says(&self) -> Option<Line3> {
        let contact = |place: usize| {
            let phone = self.contact(place);
            let body = format!("SAFE {phone} Friend {place}");
            (body, "of at most 10", Meaning::Contact { phone })
        };
        let check_in = |place: usize| {
            let told = vec![self.contact(0), self.contact(1)];
            let meaning = Meaning::CheckIn {
                camp: CAMPS[place],
                told,
            };
            (
                format!("CHECKIN {}", CAMPS[place]),
                "2 contacts will be told",
                meaning,
            )
        };
        let talk = |body: &str, part| (body.to_owned(), part, Meaning::Talk);
        Some(match self.step {
            0 => talk("START", "What name"),
            1 => talk(&self.name(), "Overland Track"),
            2 => {
                let name = self.name();
                (
                    "1".to_owned(),
                    "You are registered",
                    Meaning::Registration { name },
                )
            }
            3 => contact(0),
            4 => contact(1),
            5 => check_in(0),
            6 => talk("HELP", "Emergency"),
            7 => check_in(1),
            8 => talk("STATUS", "WATER"),
            9 => check_in(2),
            10 => talk("SAFELIST", "2 contacts"),
            11 => check_in(3),
            _ => return None,
        })
    }

    fn name(&self) -> String {
        format!("Hiker {}", self.number)
    }

    /// Texts until told to stop, or until the service does not answer.
    async fn walk(&mut self, line: &Line, ledger: &Mutex<Ledger>, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let Some((body, part, meaning)) = self.says() else {
                self.number += self.of;
                self.step = 0;
                continue;
            };
            let text = match self.unanswered.take() {
                Some(text) => text.signed(line.url()),
                None => line.webhook(&self.phone(), &body),
            };
            let Ok(answer) = line.deliver(&text).await else {
                self.unanswered = Some(text);
                return;
            };
            assert_eq!(answer.status, 200, "{body:?}: {}", answer.body);
            assert!(answer.body.contains(part), "{body:?}: {}", answer.body);
            let (sid, from) = (text.sid().to_owned(), self.phone());
            let heard = HeardText {
                sid,
                from,
                body,
                answer,
                meaning,
            };
            ledger.lock().unwrap().texts.push(heard);
            self.step += 1;
        }
    }
}

/// Registers account after account.
struct Newcomer {
    number: usize,
    of: usize,
}

impl Newcomer {
    async fn register(&mut self, web: &Web, ledger: &Mutex<Ledger>, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let email = format!("newcomer{}@example.org", self.number);
            self.number += self.of;
            let account = json!({"email": email, "password": "a long walk in the rain"});
            let request = web
                .client
                .post(format!("{}/auth/register", web.base_url))
                .json(&account);
            let Ok(answer) = request.send().await else { return };
            assert_eq!(answer.status(), 201);
            if answer.bytes().await.is_err() {
                return;
            }
            ledger.lock().unwrap().accounts.push(email);
        }
    }
}

/// The web's address as the service runs now.
#[derive(Clone)]
struct Web {
    client: reqwest::Client,
    base_url: String,
}

/// A hiker with an account, who checks in from the web.
pub struct Walker {
    access: String,
    arrived: usize,
    /// The last request was not answered: it is made again, and may have been carried out already.
    unanswered: bool,
}

impl Walker {
    /// The walker's phone, which no other hiker has.
    pub const PHONE: &str = "+61431570006";
    /// The walker's one contact.
    pub const CONTACT: &str = "+61431570110";

    /// Registers by text and on the web, and links the two.
    pub async fn new(service: &Service) -> Self {
        for body in ["START", "Walker", "1", &format!("SAFE {} Mum", Self::CONTACT)] {
            service.text(Self::PHONE, body).await;
        }
        let (email, password) = ("walker@example.org", "a long walk in the rain");
        assert_eq!(service.web_register(email, password).await.status, 201);
        let access = service.web_login(email, password).await.tokens().access;
        let offered = service
            .web("POST", "/auth/phone/text-in", Some(&access), None)
            .await;
        let asked = service
            .text(Self::PHONE, offered.body["text"].as_str().unwrap())
            .await;
        let asked = asked.message();
        let word = asked
            .split("CONFIRM ")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        let linked = service.text(Self::PHONE, &format!("CONFIRM {word}")).await;
        assert!(linked.message().contains("now linked"), "{}", linked.body);
        Self {
            access,
            arrived: 0,
            unanswered: false,
        }
    }

    async fn walk(&mut self, web: &Web, ledger: &Mutex<Ledger>, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let camp = CAMPS[self.arrived % CAMPS.len()];
            let request = web.client.post(format!("{}/api/user/checkins", web.base_url));
            let request = request.bearer_auth(&self.access).json(&json!({"camp": camp}));
            let again = std::mem::replace(&mut self.unanswered, true);
            let Ok(answer) = request.send().await else { return };
            let status = answer.status().as_u16();
            assert!(status == 201 || (again && status == 200), "{status}");
            let Ok(answer) = answer.json::<Value>().await else {
                return;
            };
            self.unanswered = false;
            self.arrived += 1;
            let id = answer["id"].as_i64().unwrap();
            ledger.lock().unwrap().web_check_ins.push((id, camp));
        }
    }

    /// The walker's access token.
    pub fn access(&self) -> &str {
        &self.access
    }
}

/// Everybody.
pub struct Workload {
    hikers: Vec<Hiker>,
    newcomers: Vec<Newcomer>,
    walker: Option<Walker>,
    /// What they were answered.
    pub ledger: Arc<Mutex<Ledger>>,
}

/// A workload that runs.
pub struct Busy {
    stop: Arc<AtomicBool>,
    hikers: JoinSet<Hiker>,
    newcomers: JoinSet<Newcomer>,
    walker: JoinSet<Walker>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Workload {
    /// As many hikers and newcomers, and the walker.
    pub fn new(hikers: usize, newcomers: usize, walker: Walker) -> Self {
        let hiker = |number| Hiker {
            number,
            of: hikers,
            step: 0,
            unanswered: None,
        };
        let newcomer = |number| Newcomer {
            number,
            of: newcomers,
        };
        Self {
            hikers: (0..hikers).map(hiker).collect(),
            newcomers: (0..newcomers).map(newcomer).collect(),
            walker: Some(walker),
            ledger: Arc::default(),
        }
    }

    /// Everybody begins; it goes on beside whoever calls.
    pub fn begin(self, service: &Service) -> Busy {
        let stop = Arc::new(AtomicBool::new(false));
        let mut busy = Busy {
            stop: Arc::clone(&stop),
            hikers: JoinSet::new(),
            newcomers: JoinSet::new(),
            walker: JoinSet::new(),
            ledger: Arc::clone(&self.ledger),
        };
        let line = service.line();
        let web = Web {
            client: service.http().clone(),
            base_url: service.base_url().to_owned(),
        };
        for mut hiker in self.hikers {
            let (line, ledger, stop) = (line.clone(), Arc::clone(&self.ledger), Arc::clone(&stop));
            busy.hikers.spawn(async move {
                hiker.walk(&line, &ledger, &stop).await;
                hiker
            });
        }
        for mut newcomer in self.newcomers {
            let (web, ledger, stop) = (web.clone(), Arc::clone(&self.ledger), Arc::clone(&stop));
            busy.newcomers.spawn(async move {
                newcomer.register(&web, &ledger, &stop).await;
                newcomer
            });
        }
        if let Some(mut walker) = self.walker {
            let (ledger, stop) = (Arc::clone(&self.ledger), Arc::clone(&stop));
            busy.walker.spawn(async move {
                walker.walk(&web, &ledger, &stop).await;
                walker
            });
        }
        busy
    }

    /// How many texts were sent and not answered.
    pub fn unanswered(&self) -> usize {
        self.hikers
            .iter()
            .filter(|hiker| hiker.unanswered.is_some())
            .count()
    }
}

impl Busy {
    /// What was acknowledged so far.
    pub fn so_far(&self) -> Ledger {
        self.ledger.lock().unwrap().clone()
    }

    /// Lets everybody finish what they are at.
    pub async fn end(self) -> Workload {
        self.stop.store(true, Ordering::SeqCst);
        self.gone().await
    }

    /// Waits until everybody has noticed that the service is gone.
    pub async fn gone(self) -> Workload {
        let walker = self.walker.join_all().await.pop();
        Workload {
            hikers: self.hikers.join_all().await,
            newcomers: self.newcomers.join_all().await,
            walker,
            ledger: self.ledger,
        }
    }
}
