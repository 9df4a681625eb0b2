//! Memory does not grow with the file.

use std::process::Command;

use super::*;

const MIB: u64 = 1_024;

/// A file with so many texts between 5,000 hikers, every tenth of them unreadable in some way.
fn with_texts(rows: u32) -> Legacy {
    let texts = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO users (phone, route_id, trail_name) SELECT '+614' || (10000000 + i), 'overland_track', 'Hiker ' || i
             FROM n;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO message_log (user_phone, direction, message_type, content, sent_at)
             SELECT '+614' || (10000000 + i * 7919 % 5000), iif(i % 3, 'inbound', 'outbound'), 'sms',
                 substr('text ' || i || ' ' || hex(zeroblob(90)), 1, 10 + i % 150),
                 iif(i % 10, '2026-01-10 08:00:00', 'noonish') FROM n;"
    );
    Legacy::of(&(Shape::G3.schema() + &texts))
}

/// Adopts in a process of its own; its peak resident memory in KiB and what it took.
fn peak(rows: u32) -> u64 {
    let legacy = with_texts(rows);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::adopter", "--ignored", "--nocapture"])
        .env("ADOPT", legacy.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let status = said.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    println!(
        "{rows} texts: {}",
        said.lines()
            .filter(|line| line.starts_with("Vm") || line.contains(" s for "))
            .collect::<Vec<_>>()
            .join(", ")
    );
    status.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn sixty_thousand_texts_need_little_more_memory_than_six_thousand() {
    let (few, many) = (peak(6_000), peak(60_000));
    assert!(many < 128 * MIB, "{many} KiB");
    assert!(many < few + 64 * MIB, "{few} KiB, then {many} KiB");
}

/// `cargo test --release -p thunderbird-adapters --test legacy -- --ignored --nocapture a_million`
#[test]
#[ignore = "minutes in a debug build"]
fn a_million_texts_are_adopted_within_256_mib() {
    let peak = peak(1_000_000);
    println!("peak {} MiB", peak / MIB);
    assert!(peak < 256 * MIB, "{peak} KiB");
}

/// The process whose memory is measured.
#[test]
#[ignore = "the process that other tests measure"]
#[expect(
    clippy::disallowed_methods,
    reason = "how a test hands a path to its child, and how long it takes"
)]
fn adopter() {
    let path = std::env::var("ADOPT").unwrap();
    let begun = std::time::Instant::now();
    let ended = adopt::adopt(Path::new(&path), &rules(), &mut Unwatched).unwrap();
    assert_ne!(ended, Ended::NothingToDo);
    println!("\n{:.1} s for {}", begun.elapsed().as_secs_f64(), path);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    println!(
        "\n{}",
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap()
    );
}
