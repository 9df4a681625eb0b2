//! The three words of LINK.

use crate::{
    random::Entropy,
    secret::{Mac, MacPurpose, Macs, Secret},
    word_list::Word,
};

/// The three words of LINK, in alphabetical order, so that the order in which they are texted does not matter: 30 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkWords([Word; 3]);

impl LinkWords {
    /// Three different, unpredictable words.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        loop {
            if let Some(words) = Self::of([(); 3].map(|()| Word::draw(entropy))) {
                return words;
            }
        }
    }

    /// Reads three words of the list in any order and case.
    pub fn parse(raw: &[String]) -> Option<Self> {
        let [first, second, third] = raw else { return None };
        Self::of([Word::parse(first)?, Word::parse(second)?, Word::parse(third)?])
    }

    fn of(mut words: [Word; 3]) -> Option<Self> {
        words.sort_unstable();
        let [first, second, third] = words;
        (first != second && second != third).then_some(Self(words))
    }

    /// What the hiker texts: LINK and the words, in capitals.
    pub fn text(self) -> Secret<String> {
        let words = self.0.map(Word::expose).join(" ");
        Secret::new(format!("LINK {}", words.to_ascii_uppercase()))
    }

    /// What is stored of them.
    pub(super) fn mac(self, macs: &dyn Macs) -> Mac {
        macs.mac(MacPurpose::LinkWords, &self.parts())
    }

    /// What may be stored of them, under every key that is still held.
    pub(super) fn macs(self, macs: &dyn Macs) -> Vec<Mac> {
        macs.macs(MacPurpose::LinkWords, &self.parts())
    }

    fn parts(self) -> [&'static [u8]; 3] {
        self.0.map(|word| word.expose().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::dice::Dice;

    #[test]
    fn order_and_case_of_the_words_do_not_matter() {
        let words = LinkWords::draw(&Dice::new(1));
        let text = words.text();
        let mut texted: Vec<String> = text.expose().split(' ').skip(1).map(str::to_owned).collect();
        assert_eq!(LinkWords::parse(&texted), Some(words));
        texted.reverse();
        texted[0] = texted[0].to_lowercase();
        assert_eq!(LinkWords::parse(&texted), Some(words));
        texted[1] = texted[0].clone();
        assert_eq!(LinkWords::parse(&texted), None);
        assert_eq!(LinkWords::parse(&texted[..2]), None);
    }
}
