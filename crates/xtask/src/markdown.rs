//! The code blocks of a Markdown page, so that a page's examples can be run.

/// A fenced block: the words after the fence, and the text inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The language, then whatever follows it: `rust file=crates/domain/src/lib.rs`.
    pub info: String,
    /// The text between the fences.
    pub text: String,
    /// The line of the opening fence, counted from 1.
    pub line: usize,
}

impl Block {
    /// The value of `name=value` in the info words.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.info
            .split_whitespace()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Every fenced block of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in page.lines().enumerate() {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block {
                    info: info.into(),
                    text: String::new(),
                    line: number + 1,
                });
            }
            (Some(block), Some("")) => found.push(block),
            (Some(mut block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_with_their_language_values_and_line() {
        let page = "Text\n\n```sh run=yes\ncurl one\n\ncurl two\n```\nmore\n```\nplain\n```\n";
        let [shell, plain] = blocks(page).try_into().unwrap();
        let shell: Block = shell;
        let plain: Block = plain;
        assert_eq!((shell.value("run"), shell.line), (Some("yes"), 3));
        assert_eq!(shell.text, "curl one\n\ncurl two\n");
        assert_eq!((plain.value("run"), plain.text.as_str()), (None, "plain\n"));
    }
}
