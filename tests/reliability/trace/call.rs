//! strace's lines (`-f -y`), read as what happens: a call begins, a call has ended.

use std::collections::HashMap;

/// Something that happened, in the order in which strace saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A thread has entered the kernel; nothing of the call is done yet.
    Begun(Call),
    /// The call is done.
    Ended(Call, Outcome),
}

/// A system call with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The thread's id.
    pub thread: String,
    /// Its name.
    pub name: String,
    /// The file: a path, or `socket:[inode]`.
    pub file: String,
    /// The other arguments as strace writes them.
    pub rest: String,
}

/// What a call has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The kernel did it.
    Done(i64),
    /// The kernel refused.
    Failed,
    /// strace was told to pretend: the kernel has done nothing.
    Pretended,
}

/// Puts together what strace has written in two lines because another thread came in between.
#[derive(Default)]
pub struct Reader {
    unfinished: HashMap<String, Call>,
}

impl Reader {
    /// What one line tells.
    pub fn read(&mut self, line: &str) -> Vec<Event> {
        let Some((thread, said)) = line.split_once(' ') else {
            return Vec::new();
        };
        let said = said.trim_start();
        if let Some(resumed) = said.strip_prefix("<... ") {
            return self.resumed(thread, resumed).into_iter().collect();
        }
        if let Some(begun) = said.strip_suffix(" <unfinished ...>") {
            let Some(call) = call(thread, begun) else {
                return Vec::new();
            };
            self.unfinished.insert(thread.to_owned(), call.clone());
            return vec![Event::Begun(call)];
        }
        let Some((arguments, outcome)) = outcome(said) else {
            return Vec::new();
        };
        match call(thread, arguments) {
            Some(call) => vec![Event::Begun(call.clone()), Event::Ended(call, outcome)],
            None => Vec::new(),
        }
    }

    fn resumed(&mut self, thread: &str, resumed: &str) -> Option<Event> {
        let mut call = self.unfinished.remove(thread)?;
        let (_, rest) = resumed.split_once(" resumed>")?;
        let (arguments, outcome) = outcome(rest)?;
        call.rest.push_str(arguments);
        Some(Event::Ended(call, outcome))
    }
}

/// `fdatasync(9</folder/file>`, with whatever follows.
fn call(thread: &str, text: &str) -> Option<Call> {
    let (name, arguments) = text.split_once('(')?;
    let (number, named) = arguments.split_once('<')?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (file, rest) = named.split_once('>')?;
    Some(Call {
        thread: thread.to_owned(),
        name: name.to_owned(),
        file: file.to_owned(),
        rest: rest.to_owned(),
    })
}

/// What stands before the last `) = `, and what stands behind it.
fn outcome(text: &str) -> Option<(&str, Outcome)> {
    let (arguments, result) = text.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let number = result.split_whitespace().next()?;
    let outcome = match number.parse::<i64>() {
        _ if result.contains("(INJECTED)") => Outcome::Pretended,
        Ok(number) if number >= 0 => Outcome::Done(number),
        _ => Outcome::Failed,
    };
    Some((arguments, outcome))
}

/// The first `count` bytes of the string that `rest` begins with, or fewer.
pub fn bytes(rest: &str, count: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count);
    let Some((_, quoted)) = rest.split_once('"') else {
        return bytes;
    };
    let mut letters = quoted.chars().peekable();
    while bytes.len() < count {
        match letters.next() {
            None | Some('"') => break,
            Some('\\') => match letters.next() {
                Some(digit @ '0'..='7') => {
                    let mut octal = digit.to_digit(8).unwrap();
                    for _ in 0..2 {
                        let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(8)) else {
                            break;
                        };
                        octal = octal * 8 + digit;
                        letters.next();
                    }
                    bytes.push(u8::try_from(octal).unwrap());
                }
                Some('n') => bytes.push(b'\n'),
                Some('t') => bytes.push(b'\t'),
                Some('r') => bytes.push(b'\r'),
                Some('v') => bytes.push(0x0b),
                Some('f') => bytes.push(0x0c),
                Some(other) => bytes.push(u8::try_from(other).unwrap()),
                None => break,
            },
            Some(letter) => bytes.push(u8::try_from(letter).unwrap()),
        }
    }
    bytes
}
