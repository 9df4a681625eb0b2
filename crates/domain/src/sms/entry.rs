//! What the table of commands says of a command.

/// What may follow a command's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Alone,
    /// Anything; it is not looked at.
    Anything,
    /// Nothing, or the number of a page.
    Page,
    /// Exactly one word, in a text that asks nothing and quotes nothing.
    OneWord,
    /// Something.
    Something,
    /// Nothing, in a text that asks nothing and quotes nothing.
    Whole,
    /// Nothing or OFF, in a text that asks nothing and quotes nothing.
    WholeOrOff,
    /// Nothing or two words of the list, in a text that asks nothing and quotes nothing.
    WholeOrTripWords,
    /// Nothing, or a place in a list, in a text that asks nothing and quotes nothing.
    Place,
    /// Nothing, OFF, or a day and a time, right or wrong, in a text that asks nothing and quotes nothing.
    DayAndTime,
    /// Nothing, or a duration, right or wrong, in a text that asks nothing and quotes nothing.
    Duration,
}

/// What must be read before a command is decided, beyond what is known about every sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepare {
    /// The account whose three words the text quotes.
    Link,
    /// The question that the text answers.
    Confirm,
    /// The link that is to end.
    Unlink,
    /// What the hiker may still make us text to all contacts.
    Contacts,
    /// What the hiker may still make us text to the number in the text.
    NewContact,
    /// The hiker's newest check-ins.
    CheckIns,
    /// The promise whose words the text quotes.
    TripWords,
    /// What is kept of the forecast that the text asks for.
    Forecast,
    /// What the hiker has texted lately, the last check-in, and how often the contacts may still be asked.
    Call,
}

/// A command, as everything that knows of commands sees it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The command's word, then its aliases.
    pub words: &'static [&'static str],
    /// Whole texts that mean the command without arguments; words that people use for what changes nothing.
    pub phrases: &'static [&'static str],
    /// What may follow the word.
    pub form: Form,
    /// Whether limits and the loop guard leave it alone.
    pub exempt: bool,
    /// How it is written.
    pub usage: &'static str,
    /// Its line in HELP; none when HELP has no room for it.
    pub help: Option<&'static str>,
    /// What it does, for the page of commands.
    pub effect: &'static str,
    /// What else must be read before it is decided. Most commands need nothing, and nothing is read for them.
    pub prepare: Option<Prepare>,
}
