//! A backup taken while everybody is at it, put back and asked for what was acknowledged before it began.

use std::collections::BTreeMap;

use thunderbird_testkit::{eventually_holds, fake_smtp::FakeSmtp, fake_twilio::FakeTwilio};

use super::{
    effort::{self, figure},
    kills,
    ledger::HeardText,
    oracle::{Oracle, Standing},
    workload::{Walker, Workload},
};

/// What was acknowledged later may be in the backup or not, but whole, and not without what came before it.
fn assert_cut_clean(oracle: &mut Oracle, later: &[HeardText]) -> usize {
    let mut gone: BTreeMap<&str, &str> = BTreeMap::new();
    let mut present = 0;
    for text in later {
        match oracle.standing(text) {
            Standing::Whole => {
                present += 1;
                let before = gone.get(text.from.as_str());
                assert_eq!(
                    before, None,
                    "{:?} without an earlier one of the same hiker",
                    text.body
                );
            }
            Standing::Absent => {
                gone.insert(&text.from, &text.body);
            }
            Standing::Torn(what) => panic!("{:?} is there, but not {what}", text.body),
        }
    }
    present
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_every_acknowledgement_whole() {
    let (twilio, smtp) = (FakeTwilio::start().await, FakeSmtp::start().await);
    let mut service = kills::service(&twilio, &smtp).await;
    let mut workload = Workload::new(12, 2, Walker::new(&service).await);
    let (rounds, mut held, mut later_held) = (effort::of(1, 10), 0, 0);
    for round in 0..rounds {
        let busy = workload.begin(&service);
        eventually_holds("120 acknowledgements a round", async || {
            busy.so_far().len() >= 120 * (round + 1)
        })
        .await;
        let before = busy.so_far();
        let name = format!("saved{round}.db");
        let saved = service.run(&["backup", &name]);
        assert!(
            saved.status.success(),
            "{}",
            String::from_utf8_lossy(&saved.stderr)
        );
        // Some acknowledgements are later than the backup.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        workload = busy.end().await;
        let all = workload.ledger.lock().unwrap().clone();
        let mut oracle = Oracle::of(&service.folder().join(&name));
        assert_eq!(oracle.damage(), Vec::<String>::new());
        assert_eq!(oracle.lost(&before), Vec::<String>::new());
        later_held += assert_cut_clean(&mut oracle, &all.since(&before).texts);
        held = before.len();
        if round + 1 < rounds {
            continue;
        }
        drop(oracle);
        service.kill();
        let restored = service.run(&["restore", &name, "--yes"]);
        assert!(
            restored.status.success(),
            "{}",
            String::from_utf8_lossy(&restored.stderr)
        );
        service.start_again().await;
        let mut oracle = Oracle::of(&service.database());
        assert_eq!(oracle.lost(&before), Vec::<String>::new());
        assert_eq!(oracle.damage(), Vec::<String>::new());
        assert_cut_clean(&mut oracle, &all.since(&before).texts);
        let answer = service.text("+61439999999", "HELP").await;
        assert!(answer.body.contains("Emergency"), "the restored service serves");
    }
    figure(&format!(
        "{rounds} backups under load, the last restored: {held} acknowledgements before the last, 0 lost; {later_held} \
         later ones were in the backups as well, 0 in part"
    ));
}
