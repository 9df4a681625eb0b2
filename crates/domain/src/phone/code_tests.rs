use crate::phone::dice::Dice;
use proptest::prelude::*;

use super::*;

const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
const LIMITS: CodeLimits = CodeLimits {
    sends_per_day: 5,
    sends_per_hour: 60,
};

fn ago(seconds: u64) -> Timestamp {
    NOON.minus(Duration::from_secs(seconds))
}

fn wait(history: &SendHistory) -> Option<u64> {
    match history.judge(LIMITS, NOON) {
        SendVerdict::Refused { retry_after } | SendVerdict::Full { retry_after } => {
            Some(retry_after.as_secs())
        }
        SendVerdict::Sent(_) | SendVerdict::Gone => None,
    }
}

#[test]
fn a_code_is_six_ascii_digits_however_they_are_spaced() {
    for raw in [
        "123456",
        "123 456",
        " 12-34-56 ",
        "123456\n",
        "123\u{a0}456",
        "\u{200b}123\u{2011}456\u{feff}",
        "\t123\u{2009}456\r\n",
    ] {
        assert_eq!(Code::parse(raw).unwrap().expose(), "123456", "{raw:?}");
    }
    for raw in [
        "",
        "12345",
        "1234567",
        "12345a",
        "١٢٣٤٥٦",
        "１２３４５６",
        "+12345",
    ] {
        assert!(Code::parse(raw).is_none(), "{raw}");
    }
    assert_eq!(format!("{:?}", Code::parse("123456")), "Some(Code(***))");
}

#[test]
fn every_first_digit_is_as_likely_as_any_other() {
    let entropy = Dice::new(3);
    let mut counts = [0_u32; 10];
    for _ in 0..10_000 {
        let code = Code::draw(&entropy);
        assert_eq!(code.expose().len(), 6);
        counts[usize::from(code.expose().as_bytes()[0] - b'0')] += 1;
    }
    assert!(
        counts.iter().all(|count| (880..=1_120).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn a_resend_waits_one_two_and_then_five_minutes() {
    assert_eq!(wait(&SendHistory::default()), None);
    for (earlier, waits) in [(1, 60), (2, 120), (3, 300), (4, 300)] {
        let pair = vec![ago(1); earlier];
        let history = SendHistory {
            pair,
            ..SendHistory::default()
        };
        assert_eq!(wait(&history), Some(waits - 1));
        let SendVerdict::Sent(sent) = (SendHistory {
            pair: vec![ago(waits); earlier],
            ..SendHistory::default()
        })
        .judge(LIMITS, NOON) else {
            panic!("the wait is over");
        };
        let next = [120, 300, 300, 300][earlier - 1];
        assert_eq!(sent.resend_after, NOON.plus(Duration::from_secs(next)));
    }
}

#[test]
fn every_cap_refuses_until_its_oldest_send_is_out_of_sight() {
    let day = 24 * 60 * 60;
    let full = |sends: usize, oldest: u64| {
        let mut list = vec![ago(1); sends - 1];
        list.push(ago(oldest));
        list
    };
    let number = SendHistory {
        number: full(5, day - 10),
        ..SendHistory::default()
    };
    let account = SendHistory {
        account: full(5, day - 20),
        ..SendHistory::default()
    };
    let neighbours = SendHistory {
        neighbours: full(20, 3_570),
        ..SendHistory::default()
    };
    let service = SendHistory {
        service: full(60, 3_560),
        ..SendHistory::default()
    };
    for (history, waits) in [(number, 10), (account, 20), (neighbours, 30), (service, 40)] {
        assert_eq!(wait(&history), Some(waits));
    }
    let below = SendHistory {
        number: vec![ago(1); 4],
        account: vec![ago(1); 4],
        neighbours: vec![ago(1); 19],
        service: vec![ago(1); 59],
        ..SendHistory::default()
    };
    assert_eq!(wait(&below), None);
}

#[test]
fn a_resend_forgives_no_guess_and_comes_only_when_it_could_be_guessed() {
    let spent = |guesses, until| SendHistory {
        guesses: Some((guesses, until)),
        ..SendHistory::default()
    };
    let soon = NOON.plus(Duration::from_secs(90));
    assert!(matches!(
        spent(4, soon).judge(LIMITS, NOON),
        SendVerdict::Sent(Sent { guesses: 4, .. })
    ));
    assert_eq!(wait(&spent(5, soon)), Some(90));
    assert!(matches!(
        spent(5, NOON).judge(LIMITS, NOON),
        SendVerdict::Sent(Sent { guesses: 0, .. })
    ));
}

#[test]
fn neighbours_are_a_thousand_numbers() {
    let phone = |raw| PhoneNumber::from_e164(raw).unwrap();
    assert_eq!(phone("+61412345678").neighbours(), "+61412345");
    assert_eq!(
        phone("+61412345678").neighbours(),
        phone("+61412345000").neighbours()
    );
    assert_ne!(
        phone("+61412345678").neighbours(),
        phone("+61412346678").neighbours()
    );
}

proptest! {
    #[test]
    fn judging_is_total_and_a_refusal_is_never_for_nothing(
        pair in proptest::collection::vec(0_u64..100_000, 0..8),
        number in proptest::collection::vec(0_u64..100_000, 0..8),
        service in proptest::collection::vec(0_u64..4_000, 0..70),
        guesses in 0_u32..8,
    ) {
        let list = |seconds: Vec<u64>| {
            let mut list: Vec<Timestamp> = seconds.into_iter().map(ago).collect();
            list.sort_unstable_by(|one, other| other.cmp(one));
            list
        };
        let history = SendHistory {
            pair: list(pair),
            number: list(number),
            service: list(service),
            guesses: Some((guesses, NOON.plus(Duration::from_secs(1)))),
            ..SendHistory::default()
        };
        if let SendVerdict::Refused { retry_after } = history.judge(LIMITS, NOON) {
            prop_assert!(!retry_after.is_zero());
            let later = history.judge(LIMITS, NOON.plus(retry_after));
            prop_assert!(matches!(later, SendVerdict::Sent(_)));
        }
    }
}
