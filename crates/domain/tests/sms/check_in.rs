//! Check-ins and contacts: who receives a notice, and which texts are not a check-in.

use std::time::Duration;

use thunderbird_domain::{audit::Subject, user::UserStore as _};

use crate::{Channel, DAD, MUM, SAM, body, channel, number};

#[tokio::test]
async fn a_check_in_tells_every_contact_who_may_be_told() {
    let channel = channel().registered(SAM).await;
    for contact in [
        "SAFE 0491570110 Mum",
        "SAFE 0491570313 Dad",
        "SAFE +64211234567 Kiri",
    ] {
        channel.says(SAM, contact).await;
    }
    channel.opt_out(DAD);
    let said = channel.says(SAM, "checkin PELIO").await;
    assert_eq!(
        said,
        "Checked in: PELIO New Pelion Hut, Thu 19 Nov 6:40 pm AEDT. 2 contacts will be told. Cannot be told: Dad"
    );
    let sent = channel.safety_messages();
    let told: Vec<&str> = sent.iter().map(|text| text.to.as_str()).collect();
    assert_eq!(told, [MUM, "+64211234567"]);
    let notice = body(sent.first().unwrap());
    assert!(notice.starts_with(
        "Sam checked in at New Pelion Hut on the Overland Track route, Thu 19 Nov 6:40 pm AEDT (phone +614***006)."
    ));
    assert!(
        notice.contains("https://maps.google.com/?q=-41.6704,145.9814"),
        "{notice}"
    );
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    let history = channel.store.check_ins(user.id, None, 10).await.unwrap();
    assert_eq!(history.first().unwrap().check_in.contacts_told, 2);
    let audited = channel.store.audited();
    assert!(
        audited
            .iter()
            .any(|event| event.action == "user.checked_in" && event.subject == Subject::User(user.id))
    );
}

#[tokio::test]
async fn an_unverified_camp_has_no_map_link() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN ECHOP").await;
    let sent = channel.safety_messages();
    assert!(!body(sent.first().unwrap()).contains("http"));
}

#[tokio::test]
async fn the_same_camp_is_not_told_twice_within_30_minutes() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN PELIO").await;
    channel.wait(29);
    let again = channel.says(SAM, "CHECKIN PELIO").await;
    assert!(again.contains("already checked in at PELIO"), "{again}");
    assert_eq!(channel.safety_messages().len(), 1);
    channel.says(SAM, "SAFE 0491570313 Dad").await;
    let late = channel.says(SAM, "CHECKIN PELIO").await;
    assert!(
        late.contains("1 contact will be told"),
        "a contact added since is told: {late}"
    );
    assert_eq!(channel.safety_messages().last().unwrap().to, number(DAD));
    channel.says(SAM, "CHECKIN RONNY").await;
    assert_eq!(channel.safety_messages().len(), 4, "another camp is told at once");
    channel.wait(30);
    channel.says(SAM, "CHECKIN RONNY").await;
    assert_eq!(channel.safety_messages().len(), 6);
}

#[tokio::test]
async fn what_is_no_exact_check_in_moves_nobody() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    for text in [
        "pelio",
        "PELI",
        "OSSA",
        "CHECKIN OSSA",
        "CHECKIN PELI",
        "CHECKIN LAKEO",
        "CHECKIN PELIO please",
        "CHECKIN PELIO?",
        "> CHECKIN PELIO",
        "Water running out",
        "Peliocamp",
    ] {
        channel.says(SAM, text).await;
        channel.wait(61);
    }
    assert!(channel.safety_messages().is_empty());
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    assert_eq!(user.user.position, None);
}

#[tokio::test]
async fn a_new_contact_is_told_once_how_to_opt_out() {
    let channel = channel().registered(SAM).await;
    let notices = || {
        channel
            .queued()
            .into_iter()
            .filter(|text| text.to == number(MUM))
            .collect::<Vec<_>>()
    };
    channel.says(SAM, "SAFE 0491 570 110 <b>Mum</b> evil.com").await;
    let sent = notices();
    assert_eq!(sent.len(), 1);
    let notice = body(sent.first().unwrap());
    assert!(
        notice.contains("Sam") && notice.contains("STOP") && !notice.contains("evil"),
        "{notice}"
    );
    channel.says(SAM, "SAFE 0491570110 Mother").await;
    channel.says(SAM, "SAFEDEL 0491570110").await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    assert_eq!(notices().len(), 1, "removing and adding again tells nobody anew");
    let list = channel.says(SAM, "SAFELIST").await;
    assert_eq!(list, "1 contact: 1 Mum +614***110");
}

#[tokio::test]
async fn there_are_at_most_ten_contacts() {
    let channel = channel().registered(SAM).await;
    for last in 0..10 {
        let said = channel.says(SAM, &format!("SAFE 04125550{last:02}")).await;
        assert!(
            said.contains(&format!("is contact {} of at most 10", last + 1)),
            "{said}"
        );
    }
    let said = channel.says(SAM, "SAFE 0412555010 One more").await;
    assert!(said.contains("10 contacts already"), "{said}");
    let renamed = channel.says(SAM, "SAFE 0412555009 Ten").await;
    assert!(renamed.contains("Ten is already a contact"), "{renamed}");
}

#[tokio::test]
async fn after_a_dozen_check_ins_in_an_hour_contacts_get_one_text_about_the_newest() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    for nth in 0..12 {
        let said = channel
            .says(SAM, ["CHECKIN RONNY", "CHECKIN WATER"][nth % 2])
            .await;
        assert!(said.contains("1 contact will be told."), "{said}");
    }
    for camp in ["PELIO", "ECHOP"] {
        let said = channel.says(SAM, &format!("CHECKIN {camp}")).await;
        assert!(said.contains("1 contact will get one text"), "{said}");
    }
    let messages = channel.safety_messages();
    assert_eq!(
        messages.len(),
        13,
        "the newest takes the place of the one that waits"
    );
    let newest = messages.last().unwrap();
    assert!(body(newest).contains("Echo Point"), "{}", body(newest));
    let hour_later = messages.first().unwrap().not_before.plus(Duration::from_hours(1));
    assert_eq!(newest.not_before, hour_later);
    channel.wait(61);
    let said = channel.says(SAM, "CHECKIN RONNY").await;
    assert!(said.contains("1 contact will be told."), "{said}");
}

#[tokio::test]
async fn no_number_of_hikers_keeps_another_from_telling_a_contact() {
    let mut channel = channel();
    for nth in 0..6 {
        let hiker = format!("+6141288{nth:02}00");
        channel = channel.registered(&hiker).await;
        channel.says(&hiker, "SAFE 0491570110 Mum").await;
        for place in 0..12 {
            channel
                .says(&hiker, ["CHECKIN RONNY", "CHECKIN WATER"][place % 2])
                .await;
        }
    }
    let to_mum = |channel: &Channel| channel.safety_messages().len();
    assert!(to_mum(&channel) <= 30 + 6 * 4, "{}", to_mum(&channel));
    let honest = channel.registered(SAM).await;
    honest.says(SAM, "SAFE 0491570110 Mum").await;
    for camp in ["RONNY", "WATER"] {
        let said = honest.says(SAM, &format!("CHECKIN {camp}")).await;
        assert!(said.contains("1 contact will be told."), "{said}");
    }
}
