//! The help is made of sentences: clap takes the full stop off every line that stands alone, and this puts it back.

use clap::{Arg, Command};

/// The command and everything below it, each description with its full stop.
pub fn ended(command: Command) -> Command {
    let about = command.get_about().map(|text| end(&text.to_string()));
    let long_about = command.get_long_about().map(|text| end(&text.to_string()));
    let mut command = command.mut_args(ended_argument).mut_subcommands(ended);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long_about) = long_about {
        command = command.long_about(long_about);
    }
    command
}

fn ended_argument(argument: Arg) -> Arg {
    let help = argument.get_help().map(|text| end(&text.to_string()));
    let long_help = argument.get_long_help().map(|text| end(&text.to_string()));
    let mut argument = argument;
    if let Some(help) = help {
        argument = argument.help(help);
    }
    if let Some(long_help) = long_help {
        argument = argument.long_help(long_help);
    }
    argument
}

fn end(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '?', '!', ':']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
