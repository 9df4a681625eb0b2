//! Cutting a signed string anew: what somebody can do who has captured one signature.

/// A form's names and values.
pub type Form = Vec<(String, String)>;

/// Cuts the string that Twilio signs for `form` (every name and value, sorted) in another place or several, as `edits`
/// say: pairs of what to do and where.
///
/// The answer, when there is one, is signed by the same signature.
pub fn recut(form: &Form, edits: &[u8]) -> Option<Form> {
    let mut sorted = form.clone();
    sorted.sort_unstable();
    let mut text = String::new();
    let mut cuts = Vec::new();
    for (name, value) in &sorted {
        cuts.push(Cut {
            start: text.len(),
            name: name.len(),
        });
        text.push_str(name);
        text.push_str(value);
    }
    for edit in edits.chunks_exact(2).take(12) {
        apply(&text, &mut cuts, (edit[0], usize::from(edit[1])));
    }
    cuts.sort_unstable();
    cuts.dedup_by_key(|cut| cut.start);
    let parts = parts(&text, &cuts)?;
    parts.is_sorted().then_some(parts)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    start: usize,
    name: usize,
}

/// A new cut where a name could begin; one cut less; a name of another length.
fn apply(text: &str, cuts: &mut Vec<Cut>, (what, place): (u8, usize)) {
    let operation = what % 3;
    let length = usize::from(what / 3) % 40 + 1;
    if operation == 0 {
        let capitals = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| byte.is_ascii_uppercase());
        let starts: Vec<usize> = capitals.map(|(start, _)| start).collect();
        if let Some(start) = starts.get(place % starts.len().max(1)) {
            cuts.push(Cut {
                start: *start,
                name: length,
            });
        }
    } else if !cuts.is_empty() {
        let place = place % cuts.len();
        if operation == 1 {
            cuts.remove(place);
        } else {
            cuts[place].name = length;
        }
    }
}

/// The parameters between the cuts; `None` where one would have no name or a name longer than itself.
fn parts(text: &str, cuts: &[Cut]) -> Option<Form> {
    if cuts.first()?.start != 0 {
        return None;
    }
    let ends = cuts.iter().skip(1).map(|cut| cut.start).chain([text.len()]);
    cuts.iter()
        .zip(ends)
        .map(|(cut, end)| {
            let part = text.get(cut.start..end)?;
            let (name, value) = part.split_at_checked(cut.name)?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn signed(form: &Form) -> String {
        thunderbird_testkit::fake_twilio::signature("token", "https://sms.example.org/", form)
    }

    /// The oracle would be of no use if it could not make the forgery that it is there to look for.
    #[test]
    fn the_end_of_a_body_is_cut_off_into_a_parameter_of_its_own() {
        let texted = form(&[("Body", "CHECKIN PELIO Don't wait"), ("From", "+61491570006")]);
        let edits = (0..20).map(|place| [2 * 3, place]);
        let forged = form(&[
            ("Body", "CHECKIN PELIO "),
            ("Don", "'t wait"),
            ("From", "+61491570006"),
        ]);
        assert!(
            edits
                .clone()
                .any(|edit| recut(&texted, &edit).as_ref() == Some(&forged))
        );
        assert_eq!(signed(&texted), signed(&forged));
        for other in edits.filter_map(|edit| recut(&texted, &edit)) {
            assert_eq!(signed(&texted), signed(&other));
        }
    }
}
