//! Whether the machine's clock is right, as far as another one can tell.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use thunderbird_domain::{
    deadline::{Doubt, Hold, Judgement},
    time::{Reference, ReferenceClock},
};
use tokio::time::Instant;

/// What the workers know about the clock. Clones share it.
#[derive(Clone)]
pub struct ClockHealth {
    started: Instant,
    reference: Option<Arc<dyn ReferenceClock>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_judged: AtomicBool,
    is_waiting: AtomicBool,
    is_holding: AtomicBool,
    is_contradicted: AtomicBool,
    is_reference_wrong: AtomicBool,
    is_doubted: AtomicBool,
    wants_answer: AtomicBool,
}

/// What is shown about the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFigures {
    /// Whether alerts to contacts are held, because the clock may be wrong.
    pub is_holding: bool,
    /// Whether alerts are held for longer than the short wait for the second clock's first answer; nothing while that wait goes
    /// on, and before the clock was judged.
    pub is_held: Option<bool>,
    /// Whether the second clock shows another time.
    pub is_contradicted: bool,
    /// Whether the second clock shows a time that has passed.
    pub is_reference_wrong: bool,
}

impl ClockHealth {
    /// With the second clock, if there is one.
    pub fn new(reference: Option<Arc<dyn ReferenceClock>>) -> Self {
        Self {
            started: Instant::now(),
            reference,
            shared: Arc::default(),
        }
    }

    /// From when time is counted: before anybody asks the second clock.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Whether there is a second clock.
    pub fn has_reference(&self) -> bool {
        self.reference.is_some()
    }

    /// What the second clock said last.
    pub fn reference(&self) -> Option<Reference> {
        self.reference.as_ref()?.last()
    }

    /// Notes how the clocks were judged.
    pub fn judged(&self, judgement: &Judgement) {
        let shared = &self.shared;
        let note = |flag: &AtomicBool, value| flag.store(value, Ordering::Relaxed);
        let is_holding = judgement.waits || judgement.hold != Hold::Nothing;
        note(&shared.is_holding, is_holding);
        note(&shared.is_waiting, judgement.waits);
        note(&shared.is_contradicted, judgement.doubt == Doubt::Contradicted);
        note(
            &shared.is_reference_wrong,
            judgement.doubt == Doubt::ReferenceWrong,
        );
        note(&shared.is_doubted, !judgement.is_trusted());
        note(&shared.wants_answer, judgement.wants_answer);
        note(&shared.is_judged, true);
    }

    /// Whether the second clock is to be asked as soon as possible.
    pub fn wants_answer(&self) -> bool {
        self.shared.wants_answer.load(Ordering::Relaxed)
    }

    /// False if promises are not simply judged by the machine's clock.
    pub fn is_well(&self) -> bool {
        !self.shared.is_doubted.load(Ordering::Relaxed)
    }

    /// What is shown.
    pub fn figures(&self) -> ClockFigures {
        let read = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        ClockFigures {
            is_holding: read(&self.shared.is_holding),
            is_held: (read(&self.shared.is_judged) && !read(&self.shared.is_waiting))
                .then(|| read(&self.shared.is_holding)),
            is_contradicted: read(&self.shared.is_contradicted),
            is_reference_wrong: read(&self.shared.is_reference_wrong),
        }
    }
}
