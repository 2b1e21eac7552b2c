//! What a shell's completion script asks (`codexctl __complete SHELL INDEX WORD...`): which words could stand here.
//!
//! The answer's first line says how to go on: `values` or `values nospace` (the candidates follow, one a line, a
//! description behind a tab), `files` or `dirs` (the shell knows them best), with what stands before the path in the
//! same word. There is no wrong question: where nothing is known the answer is empty, and it comes in a bounded time.
//! The scripts are in this folder; `codexctl completions` prints them.

mod line;
mod values;
mod words;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Command, ValueHint};

use crate::output;
use line::{Line, Place};
use values::Candidate;

/// The first argument of a question; the scripts know it, people need not.
const QUESTION: &str = "__complete";

/// How long a shell may be kept waiting: a file on a slow network, or a template that is much work, is not worth more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Shells that there is a script for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    Powershell,
}

impl Shell {
    /// The script that makes the shell ask.
    pub(super) fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("bash.sh"),
            Self::Zsh => include_str!("zsh.zsh"),
            Self::Fish => include_str!("fish.fish"),
            Self::Powershell => include_str!("powershell.ps1"),
        }
    }

    /// Whether words arrive as they were typed, quotes and all.
    fn passes_raw_words(self) -> bool {
        matches!(self, Self::Bash | Self::Zsh | Self::Powershell)
    }

    /// Whether it shows whatever it is given. The others have their own ideas of what fits what was typed.
    fn wants_prefix(self) -> bool {
        matches!(self, Self::Bash | Self::Powershell)
    }
}

/// Answers, if this process was started to ask.
pub(super) fn answer(command: impl FnOnce() -> Command + Send + 'static) -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    if args.next()? != QUESTION {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    let args: Vec<OsString> = args.collect();
    // The thread is left behind when it is late, and ends with the process.
    let think = move || drop(sender.send(reply(&args, command()).unwrap_or_default()));
    let text = match std::thread::Builder::new().name("complete".into()).spawn(think) {
        Ok(_) => receiver.recv_timeout(PATIENCE).unwrap_or_default(),
        Err(_) => String::new(),
    };
    // Nobody would read what is wrong with stdout.
    drop(output::print(&text));
    Some(ExitCode::SUCCESS)
}

/// The whole answer; none for a question that makes no sense.
fn reply(args: &[OsString], mut command: Command) -> Option<String> {
    let [shell, index, typed @ ..] = args else { return None };
    let shell = <Shell as clap::ValueEnum>::from_str(shell.to_str()?, true).ok()?;
    let index: usize = index.to_str()?.parse().ok().filter(|index| *index <= typed.len())?;
    let word = |word: &OsString| {
        let word = word.to_string_lossy();
        if shell.passes_raw_words() { words::unquoted(&word) } else { words::expanded(&word) }
    };
    let mut words: Vec<String> = typed.iter().take(index + 1).map(word).collect();
    words.resize(index + 1, String::new());
    let current = words.pop()?;
    // `NAME=value codexctl …`: shells that pass the assignments pass them first.
    let program = words.iter().position(|word| !words::is_assignment(word))?;
    let (assignments, words) = words.split_at(program);
    command.build();
    let line = Line::read(&command, words.get(1..)?, &current);
    let (list, candidates) = match &line.place {
        Place::Nothing => return None,
        Place::Command => (false, line.subcommands()),
        Place::Flag => (false, line.flags()),
        Place::Value { arg, before, text } => {
            match arg.get_value_hint() {
                ValueHint::AnyPath | ValueHint::FilePath | ValueHint::ExecutablePath => {
                    return Some(format!("files\t{before}\n"));
                }
                ValueHint::DirPath => return Some(format!("dirs\t{before}\n")),
                _ => {}
            }
            let list = arg.get_value_delimiter().is_some();
            let earlier = text.rfind(',').filter(|_| list).map_or("", |at| &text[..=at]);
            let mut candidates = values::of(&line, arg, assignments);
            if list {
                let given = line.values(arg);
                let named: Vec<&str> = given.chain(earlier.split(',')).collect();
                candidates.retain(|one| !named.contains(&one.value.as_str()));
            }
            for one in &mut candidates {
                one.value.insert_str(0, &format!("{before}{earlier}"));
            }
            (list && candidates.len() > 1, candidates)
        }
    };
    let fits = |one: &&Candidate| !shell.wants_prefix() || one.value.starts_with(&current);
    let mut text = String::from(if list { "values nospace\n" } else { "values\n" });
    for one in candidates.iter().filter(fits) {
        let _ = match one.about.is_empty() {
            true => writeln!(text, "{}", one.value),
            false => writeln!(text, "{}\t{}", one.value, one.about),
        };
    }
    Some(text)
}
