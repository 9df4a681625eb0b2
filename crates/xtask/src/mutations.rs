//! What `mutate` bends in the code that watches promises, one thing at a time. Data, and nothing more.

/// A change of one place that breaks a rule. Some test must see it.
pub struct Mutation {
    /// What goes wrong then.
    pub name: &'static str,
    /// The folder in `crates/domain/src`.
    pub folder: &'static str,
    /// The file in it.
    pub file: &'static str,
    /// What stands in the file, exactly once.
    pub from: &'static str,
    /// What is done in its place. With `BENT` in it, it is the whole text that is put there, and `BENT` is true if this
    /// mutation is tried; without, it is an expression that takes the place of another one.
    pub to: &'static str,
}

const fn bend(file: &'static str, name: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation {
        name,
        folder: "deadline",
        file,
        from,
        to,
    }
}

/// Every mutation, in the order in which they are tried.
pub const MUTATIONS: &[Mutation] = &[
    bend(
        "machine.rs",
        "an alert is not held",
        "&& !is_held(row.stage);",
        "&& (!is_held(row.stage) || BENT && row.stage.alert().is_some());",
    ),
    bend(
        "machine.rs",
        "texts that may be missing hold no alert",
        "hold.holds_alerts()",
        "hold == Hold::ClockInDoubt",
    ),
    bend(
        "machine.rs",
        "a clock in doubt holds no alert",
        "hold.holds_alerts()",
        "hold == Hold::TextsMissing",
    ),
    bend(
        "machine.rs",
        "the end of a claim is not held",
        "matches!(stage, Stage::Lapse(_) | Stage::Joined)",
        "matches!(stage, Stage::Joined)",
    ),
    bend(
        "machine.rs",
        "the alert to a new contact is not held",
        "matches!(stage, Stage::Lapse(_) | Stage::Joined)",
        "matches!(stage, Stage::Lapse(_))",
    ),
    bend(
        "machine.rs",
        "a new contact is alerted twice",
        "alarm.contact(phone).is_some()",
        "false",
    ),
    bend(
        "machine.rs",
        "a stage that is skipped fires",
        "row.end(Outcome::Skipped, now)",
        "{ row.end(Outcome::Fired, now); fired.push(row.stage) }",
    ),
    bend(
        "machine.rs",
        "of several stages the oldest fires",
        ".max_by_key(|row| (row.due_at, row.stage))",
        ".reduce(|one, other| if ((one.due_at, one.stage) < (other.due_at, other.stage)) == BENT { one } else { other })",
    ),
    bend(
        "machine.rs",
        "the hiker gets no second chance",
        "row.due_at = row.due_at.max(Some(chance))",
        "()",
    ),
    bend(
        "machine.rs",
        "the second chance is a minute short",
        "now.plus(SECOND_CHANCE)",
        "now.plus(Duration::from_mins(14))",
    ),
    bend(
        "machine.rs",
        "a clock in doubt puts an alert off",
        "hold != Hold::ClockInDoubt",
        "true",
    ),
    bend(
        "machine.rs",
        "contacts are alerted before the hiker is asked",
        "self.was_not_asked(now)",
        "false",
    ),
    bend(
        "machine.rs",
        "after a restore the hiker is not asked again",
        "!self.was_asked_since(restored_at)",
        "false",
    ),
    bend(
        "machine.rs",
        "the contacts hear of the time together with the alert",
        "newest.is_none_or(|stage| stage.alert().is_none())",
        "true",
    ),
    bend(
        "machine.rs",
        "an alert opens no alarm",
        "next.alarm.is_none()",
        "false",
    ),
    bend(
        "machine.rs",
        "a claim that ended leaves the alerts held",
        "next.lapse(now)",
        "()",
    ),
    bend(
        "machine.rs",
        "a claim never ends",
        "alarm.lapsed = alarm.acting.take().or_else(|| alarm.lapsed.take())",
        "()",
    ),
    bend(
        "machine.rs",
        "after a claim the alerts that are left come at once",
        "at = at.plus(AFTER_LAPSE)",
        "()",
    ),
    bend(
        "machine.rs",
        "a claim does not stop the alerts",
        "row.due_at = None",
        "()",
    ),
    bend(
        "machine.rs",
        "a second claim takes the place of the first",
        "if let Some(by) = first {",
        "if let Some(by) = first.filter(|_| !BENT) {",
    ),
    bend(
        "machine.rs",
        "a claim has neither question nor end",
        "next.stages.extend(follow)",
        "drop(follow)",
    ),
    bend(
        "machine.rs",
        "a number that was not alerted can claim",
        "alarm.contact(phone).is_none()",
        "false",
    ),
    bend(
        "machine.rs",
        "a promise that is over can be claimed",
        ".filter(|_| self.is_open()) else {",
        ".filter(|_| BENT || self.is_open()) else {",
    ),
    bend(
        "machine.rs",
        "a claim that is said twice counts twice",
        "first.as_ref().is_some_and(|first| first.phone == *phone)",
        "false",
    ),
    bend(
        "machine.rs",
        "a promise that is over keeps its stages",
        "row.end(Outcome::Withdrawn, at)",
        "()",
    ),
    bend(
        "machine.rs",
        "a second end replaces the first",
        "next.closed.is_none()",
        "true",
    ),
    bend(
        "closing.rs",
        "the stand-down is left out",
        "        stand_downs,\n",
        "        stand_downs: if BENT { Vec::new() } else { stand_downs },\n",
    ),
    bend(
        "closing.rs",
        "who has an alert that waits does not read of the end",
        "        closings,\n        calls",
        "        closings: if BENT { Vec::new() } else { closings },\n        calls",
    ),
    bend(
        "closing.rs",
        "who knows the time does not read of the end",
        "notices.into_iter()",
        "notices.into_iter().filter(|_| !BENT)",
    ),
    bend(
        "closing.rs",
        "who ends the alarm is stood down as well",
        "by.as_ref() != Some(phone)",
        "true",
    ),
    bend(
        "closing.rs",
        "a new time is told twice to who has no alert",
        "Reason::Later { .. } => is_alerted(phone),",
        "Reason::Later { .. } => BENT || is_alerted(phone),",
    ),
    bend(
        "closing.rs",
        "who knows of no time reads of its end",
        "_ => deadline.informed.contains_key(phone),",
        "_ => BENT || deadline.informed.contains_key(phone),",
    ),
    bend(
        "closing.rs",
        "a check-in is noted as BACK",
        "Reason::HeardOf => How::HeardOf,",
        "Reason::HeardOf => if BENT { How::Back } else { How::HeardOf },",
    ),
    bend(
        "closing.rs",
        "a time that is withdrawn is noted as BACK",
        "Reason::Withdrawn => How::Withdrawn,",
        "Reason::Withdrawn => if BENT { How::Back } else { How::Withdrawn },",
    ),
    bend(
        "set.rs",
        "the promise that stands is not closed",
        "changes.push(change)",
        "drop(change)",
    ),
    bend(
        "set.rs",
        "another time brings other trip words",
        ".and_then(|stored| stored.deadline.words)",
        ".and_then(|stored| stored.deadline.words.filter(|_| !BENT))",
    ),
    bend(
        "set.rs",
        "who knew an earlier time is forgotten",
        "standing.map_or_else(BTreeMap::new, |stored| informed(&stored.deadline, new.due_at))",
        "BTreeMap::new()",
    ),
    bend(
        "set.rs",
        "who read the new time in the stand-down is told again",
        "informed.extend(alerted.map(|contact| (contact.phone.clone(), due_at)))",
        "drop(alerted)",
    ),
    bend(
        "stage.rs",
        "the contacts are alerted a minute early",
        "due_at.plus(ALERT_AFTER)",
        "due_at.plus(Duration::from_mins(59))",
    ),
    bend(
        "stage.rs",
        "the contacts hear of the time at once",
        "set_at.plus(TELL_AFTER)",
        "set_at",
    ),
    bend(
        "stage.rs",
        "a promise that was just set has the early reminder",
        "due_at.since(set_at) >= REMIND_IF_AHEAD",
        "true",
    ),
    bend(
        "stage.rs",
        "the last question is left out",
        ".map(|(stage, at)| StageRow::due(stage, at))",
        ".filter(|(stage, _)| !BENT || *stage != Self::Ask3).map(|(stage, at)| StageRow::due(stage, at))",
    ),
    bend(
        "stage.rs",
        "the second alert is left out",
        ".map(|(stage, at)| StageRow::due(stage, at))",
        ".filter(|(stage, _)| !BENT || *stage != Self::Alert2).map(|(stage, at)| StageRow::due(stage, at))",
    ),
    bend(
        "stage.rs",
        "who deals with an alarm is asked without end",
        "claim <= QUESTIONS_TO_CLAIMERS",
        "true",
    ),
    bend(
        "stage.rs",
        "a claim lasts an hour longer",
        "Self::Lapse(claim), at.plus(Duration::from_hours(3)))",
        "Self::Lapse(claim), at.plus(Duration::from_hours(if BENT { 4 } else { 3 })))",
    ),
    bend(
        "stage.rs",
        "a stage that has ended ends again",
        "outcome: Outcome, at: Timestamp) {\n        if self.ending.is_none() {",
        "outcome: Outcome, at: Timestamp) {\n        if BENT || self.ending.is_none() {",
    ),
    bend(
        "firing.rs",
        "a promise outlives the hiker's time on the number",
        "watched.hiker.has_ended",
        "false",
    ),
    bend(
        "firing.rs",
        "the hiker does not read that the contacts were alerted",
        "queued.texts.push(told)",
        "drop(told)",
    ),
    bend(
        "firing.rs",
        "who was alerted is not noted",
        ".map(|contact| (contact.phone.clone(), contact.name.clone())),",
        ".filter(|_| !BENT).map(|contact| (contact.phone.clone(), contact.name.clone())),",
    ),
    bend(
        "firing.rs",
        "one contact is alerted and the others are not",
        "for contact in contacts {",
        "for contact in contacts.iter().take(if BENT { 1 } else { usize::MAX }) {",
    ),
    bend(
        "firing.rs",
        "a text is queued for who may not be texted",
        "contact.may_be_texted(firing.textable)",
        "true",
    ),
    bend(
        "firing.rs",
        "who knows the time is told it again",
        "contacts.retain(|contact| deadline.informed.get(&contact.phone) != Some(&deadline.due_at))",
        "()",
    ),
    bend(
        "firing.rs",
        "who was told the time is not noted",
        "deadline.informed.extend(known)",
        "drop(known)",
    ),
    bend(
        "firing.rs",
        "the time is told without being counted",
        "budget.tell_and_end(&contact.phone, firing.shown) == Verdict::Allowed",
        "true",
    ),
    bend(
        "firing.rs",
        "an alert that is late does not say so",
        "late > LATE",
        "false",
    ),
    bend(
        "firing.rs",
        "an alert after texts that were lost does not say so",
        "firing.hold == Hold::TextsLost",
        "false",
    ),
    bend(
        "firing.rs",
        "an alert that was put off says too little of its delay",
        "firing.at.since(deadline.due_at.plus(ALERT_AFTER))",
        "fired.map_or(Duration::ZERO, |ending| ending.late)",
    ),
    bend(
        "firing.rs",
        "who deals with an alarm is not asked",
        "ask_claimer(watched, &deadline, *stage, firing)",
        "Vec::new()",
    ),
    bend(
        "firing.rs",
        "a text waits for the clock that is wrong",
        "text.leaves_by(firing.shown, at)",
        "()",
    ),
    bend(
        "text.rs",
        "a question outlives the next stage",
        "self.next_due_at().filter(|next| *next > at)",
        "Some(at.plus(Duration::from_hours(24)))",
    ),
];
