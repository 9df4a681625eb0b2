//! What reading a text and weighing an answer costs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use thunderbird_domain::{
    sms::{body::size, command::ParsedText, normal::normalize, parts::parts},
    user::TrailName,
};

/// An everyday text, one that is all punctuation, and one in another alphabet that folds into ours.
const TEXTS: [(&str, &str); 3] = [
    ("check-in", "Checkin pelio"),
    (
        "prose",
        "Hi all - made it over Pine Valley, feet wet; will text from the hut tonight (8 pm?).",
    ),
    ("full width", "ＣＨＥＣＫＩＮ　ｐｅｌｉｏ"),
];

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read a text");
    for (name, text) in TEXTS {
        group.bench_function(format!("{name}: normalise"), |bencher| {
            bencher.iter(|| normalize(black_box(text)));
        });
        group.bench_function(format!("{name}: parse"), |bencher| {
            bencher.iter(|| ParsedText::parse(black_box(text)));
        });
    }
    group.bench_function("trail name", |bencher| {
        bencher.iter(|| TrailName::parse(black_box("J.R. O'Hara & <evil.com>")));
    });
    group.finish();
}

fn weighing(criterion: &mut Criterion) {
    let plain = "a".repeat(1_000);
    let cyrillic = "ж".repeat(500);
    let menu: Vec<String> = (1..=60)
        .map(|n| format!("CODE{n:02} A camp with a name"))
        .collect();
    let menu = menu.join("\n");
    let mut group = criterion.benchmark_group("weigh an answer");
    group.bench_function("segments of 1,000 septets", |bencher| {
        bencher.iter(|| size(black_box(&plain)));
    });
    group.bench_function("segments of 500 Cyrillic letters", |bencher| {
        bencher.iter(|| size(black_box(&cyrillic)));
    });
    group.bench_function("parts of a menu of 60 lines", |bencher| {
        bencher.iter(|| parts(black_box(&menu)));
    });
    group.finish();
}

criterion_group!(texts, reading, weighing);
criterion_main!(texts);
