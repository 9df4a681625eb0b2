//! The string that Twilio signs, and what stands in it where it does not belong.
//!
//! Twilio signs names and values without separators, sorted by name. A *landmark* is a parameter that decides
//! something, together with how its value begins. When a landmark stands in the signed string only where that
//! parameter itself begins, another accepted reading has to put its parameters in the same places.

/// What a value begins with, by the name of its parameter.
pub(super) type Beginning = fn(&str) -> bool;

/// A parameter that decides something.
#[derive(Clone, Copy)]
pub(super) struct Landmark {
    /// Its name.
    pub(super) name: &'static str,
    /// How its value begins.
    pub(super) begins: Beginning,
}

/// Parameters whose names end with that of a landmark; nothing else can begin inside them.
const LONGER: [&str; 3] = ["OriginalRepliedMessageSid", "ReferralNumMedia", "SmsMessageSid"];

/// The signed string, and where its parameters stand in it.
pub(super) struct SignedString<'a> {
    text: String,
    places: Vec<Place<'a>>,
}

struct Place<'a> {
    name: &'a str,
    start: usize,
    value: usize,
    end: usize,
}

impl<'a> SignedString<'a> {
    /// The string of these parameters.
    pub(super) fn of(form: &'a [(String, String)]) -> Self {
        let mut sorted: Vec<&(String, String)> = form.iter().collect();
        sorted.sort_unstable();
        let mut text = String::new();
        let mut places = Vec::with_capacity(sorted.len());
        for (name, value) in sorted {
            let start = text.len();
            text.push_str(name);
            let at = text.len();
            text.push_str(value);
            places.push(Place {
                name,
                start,
                value: at,
                end: text.len(),
            });
        }
        Self { text, places }
    }

    /// Whether a landmark stands where it does not belong. What begins inside the value of `free`, a text that may say
    /// anything, is not looked at.
    pub(super) fn is_ambiguous(&self, landmarks: &[Landmark], free: Option<&str>) -> bool {
        let free = self.places.iter().find(|place| Some(place.name) == free);
        landmarks.iter().any(|landmark| {
            let found = self.text.match_indices(landmark.name).map(|(at, _)| at);
            found
                .filter(|at| free.is_none_or(|free| !(free.value..free.end).contains(at)))
                .any(|at| self.begins(landmark, at) && !self.belongs(landmark, at))
        })
    }

    fn begins(&self, landmark: &Landmark, at: usize) -> bool {
        self.text
            .get(at + landmark.name.len()..)
            .is_some_and(landmark.begins)
    }

    fn belongs(&self, landmark: &Landmark, at: usize) -> bool {
        self.places.iter().any(|place| {
            let own = place.start == at && place.name == landmark.name;
            let inside = (place.start..place.value).contains(&at) && LONGER.contains(&place.name);
            own || inside
        })
    }

    /// Whether a parameter's name stands already before the parameter.
    pub(super) fn comes_early(&self, name: &str) -> bool {
        let start = self.places.iter().find(|place| place.name == name);
        start
            .and_then(|place| self.text.get(..place.start))
            .is_some_and(|before| before.contains(name))
    }

    /// The names that stand between these two: such a parameter could be cut off the end of the first one's value.
    pub(super) fn between(&self, first: &str, second: &str) -> impl Iterator<Item = &str> {
        let names = self.places.iter().map(|place| place.name);
        names.filter(move |name| *name > first && *name < second)
    }
}
