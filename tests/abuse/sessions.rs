//! What a thief began with a stolen session, after the owner has ended it.

use serde_json::json;
use thunderbird_testkit::{
    eventually,
    service::{Client, Operator, World, client::PASSWORD, phones::word_to_confirm},
};

const NEW: &str = "a quieter kea on the ridge";

/// How the thief's session ends.
const WAYS: [&str; 7] = [
    "change",
    "logout-all",
    "one",
    "logout",
    "reset",
    "operator",
    "disable",
];

/// An account whose session was stolen.
struct Stolen<'a> {
    world: &'a World,
    name: String,
    thief: Client,
    owner: Client,
}

impl<'a> Stolen<'a> {
    async fn new(world: &'a World, name: String) -> Self {
        let thief = world.client(&name).await;
        let owner = Client::sign_in(&world.service, &format!("{name}@example.org")).await;
        Self {
            world,
            name,
            thief,
            owner,
        }
    }

    fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// Ends the thief's session, and signs the owner in again.
    async fn end(&self, way: &str, operator: &mut Operator) -> Client {
        let owner = &self.owner;
        let status = match way {
            "change" => {
                let change = json!({"current_password": PASSWORD, "new_password": NEW});
                owner.post("/auth/password", change).await.status
            }
            "logout-all" => owner.call("POST", "/auth/logout-all", None).await.status,
            "one" => self.end_the_other().await,
            "logout" => self.thief.call("POST", "/auth/logout", None).await.status,
            "reset" => self.reset().await,
            _ => self.ask(way, operator).await,
        };
        assert!((200..400).contains(&status), "{way}: {status}");
        assert_eq!(self.thief.get("/auth/me").await.status, 401, "{way}");
        let is_changed = ["change", "reset"].contains(&way);
        Client::sign_in_with(&self.world.service, &self.email(), is_changed, NEW).await
    }

    async fn end_the_other(&self) -> u16 {
        let listed = self.owner.get("/auth/sessions").await.body;
        let sessions = listed["items"].as_array().unwrap();
        let other = sessions.iter().find(|session| session["current"] == false);
        let address = format!("/auth/sessions/{}", other.unwrap()["id"]);
        self.owner.delete(&address).await.status
    }

    async fn reset(&self) -> u16 {
        let asked = json!({"email": self.email()});
        assert_eq!(self.owner.post("/auth/forgot-password", asked).await.status, 202);
        let token = mailed_token(self.world, &self.email()).await;
        let reset = json!({"token": token, "new_password": NEW});
        self.owner.post("/auth/reset-password", reset).await.status
    }

    async fn ask(&self, way: &str, operator: &mut Operator) -> u16 {
        let account = format!("/admin/accounts/{}", self.owner.get("/auth/me").await.body["id"]);
        let sure = [("sure", "yes")];
        if way == "operator" {
            return operator
                .submit(&format!("{account}/end-sessions"), &sure)
                .await
                .status()
                .as_u16();
        }
        operator.submit(&format!("{account}/disable"), &sure).await;
        operator
            .submit(&format!("{account}/enable"), &[])
            .await
            .status()
            .as_u16()
    }
}

/// The token in the link to a new password that an address was mailed.
pub async fn mailed_token(world: &World, email: &str) -> String {
    eventually("the mailed token", async || {
        let mut mails = world.smtp.mails().into_iter();
        mails.find_map(|mail| {
            let body = mail.body().replace("=\r\n", "").replace("=3D", "=");
            let (_, token) = body.split_once("/reset-password#token=")?;
            let is_digit = |letter: &char| letter.is_ascii_hexdigit();
            (mail.to == email).then(|| token.chars().take_while(is_digit).collect::<String>())
        })
    })
    .await
}

async fn start() -> World {
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_end_with_the_session_that_asked_for_them() {
    let world = start().await;
    let mut operator = world.operator("root").await;
    let mut linked = Vec::new();
    for (nth, way) in WAYS.into_iter().enumerate() {
        let stolen = Stolen::new(&world, format!("ada{nth}")).await;
        let phone = world.hiker(&format!("+614129{nth}9900"));
        let words = stolen.thief.link_text().await;
        let owner = stolen.end(way, &mut operator).await;
        let said = phone.says(&words).await;
        if said.contains("CONFIRM ") {
            linked.push(way);
        }
        assert_eq!(owner.phone().await, serde_json::Value::Null, "{way}");
    }
    assert!(linked.is_empty(), "{linked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_end_with_the_session_that_asked_for_them() {
    let world = start().await;
    let mut operator = world.operator("root").await;
    let mut linked = Vec::new();
    for (nth, way) in WAYS.into_iter().enumerate() {
        let stolen = Stolen::new(&world, format!("ada{nth}")).await;
        let phone = world.hiker(&format!("+614129{nth}9900"));
        let asked = json!({"phone": phone.number()});
        assert_eq!(stolen.thief.post("/auth/phone", asked).await.status, 202, "{way}");
        let texted = phone.texts_with("Thunderbird code", 1).await.remove(0);
        let (_, code) = texted.split_once("code ").unwrap();
        let code = json!({"code": code.chars().take(6).collect::<String>()});
        let owner = stolen.end(way, &mut operator).await;
        let confirmed = owner.post("/auth/phone/confirm", code).await;
        if confirmed.status < 400 || owner.phone().await != serde_json::Value::Null {
            linked.push(way);
        }
    }
    assert!(linked.is_empty(), "{linked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_is_open_cannot_be_confirmed_any_more() {
    let world = start().await;
    let mut operator = world.operator("root").await;
    let mut linked = Vec::new();
    for (nth, way) in WAYS.into_iter().enumerate() {
        let stolen = Stolen::new(&world, format!("ada{nth}")).await;
        let phone = world.hiker(&format!("+614129{nth}9900"));
        let asked = phone.says(&stolen.thief.link_text().await).await;
        let owner = stolen.end(way, &mut operator).await;
        phone.says(&format!("CONFIRM {}", word_to_confirm(&asked))).await;
        if owner.phone().await != serde_json::Value::Null {
            linked.push(way);
        }
    }
    assert!(linked.is_empty(), "{linked:?}");
}
