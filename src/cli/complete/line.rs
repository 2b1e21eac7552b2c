//! A command line that is not finished: which command it is so far, what it says, and what could stand at its end.
//!
//! clap reads finished lines only, so its tree of commands is walked here by clap's own rules.

use clap::{Arg, ArgAction, Command, Id};

use super::values::Candidate;

/// The line up to the word that is being completed.
pub(super) struct Line<'a> {
    /// The command or subcommand the words lead to.
    pub(super) command: &'a Command,
    /// The names that led there, without the program's.
    pub(super) path: Vec<&'a str>,
    /// What is to be completed.
    pub(super) place: Place<'a>,
    /// Flags so far, each with its value, where it has one.
    given: Vec<(&'a Id, Option<String>)>,
}

/// What is to be completed.
pub(super) enum Place<'a> {
    /// The name of a subcommand.
    Command,
    /// The name of a flag.
    Flag,
    /// A value: `before` is what stands before it in the same word (`--env=`), `text` what there is of it.
    Value { arg: &'a Arg, before: String, text: String },
    /// No word makes sense here.
    Nothing,
}

impl<'a> Line<'a> {
    /// Walks the tree of a built command along the words behind the program's name; `current` is completed.
    pub(super) fn read(root: &'a Command, words: &[String], current: &str) -> Self {
        let mut line = Self { command: root, path: Vec::new(), place: Place::Nothing, given: Vec::new() };
        let (mut pending, mut positionals, mut only_positionals) = (None, 0, false);
        for word in words {
            if let Some(arg) = pending.take() {
                line.note(arg, Some(word));
            } else if only_positionals || !word.starts_with('-') || word == "-" {
                let below = line.command.find_subcommand(word).filter(|_| !only_positionals);
                match below {
                    Some(below) => {
                        line.command = below;
                        line.path.push(below.get_name());
                    }
                    None => {
                        if let Some(arg) = line.positional(positionals) {
                            line.note(arg, Some(word));
                        }
                        positionals += 1;
                    }
                }
            } else if word == "--" {
                only_positionals = true;
            } else {
                let (flags, open) = line.flag(word);
                for (arg, value) in flags {
                    line.note(arg, value.as_deref());
                }
                pending = open;
            }
        }
        line.place = line.place(pending, positionals, only_positionals, current);
        line
    }

    fn place(
        &self,
        pending: Option<&'a Arg>,
        positionals: usize,
        only_positionals: bool,
        current: &str,
    ) -> Place<'a> {
        let whole = |arg| Place::Value { arg, before: String::new(), text: current.to_string() };
        if let Some(arg) = pending {
            return whole(arg);
        }
        if current.starts_with('-') && !only_positionals {
            // `--env=d` and `-ed` hold their value; anything else is the name of a flag.
            let (flags, _) = self.flag(current);
            return match flags.into_iter().next_back() {
                Some((arg, Some(text))) => {
                    let before = current.strip_suffix(&text).unwrap_or_default().to_string();
                    Place::Value { arg, before, text }
                }
                _ => Place::Flag,
            };
        }
        if self.command.has_subcommands() && !only_positionals {
            return Place::Command;
        }
        match self.positional(positionals) {
            Some(arg) => whole(arg),
            None if current.is_empty() && !only_positionals => Place::Flag,
            None => Place::Nothing,
        }
    }

    /// The flags of one word with the values that it holds; and the flag whose value is the next word.
    fn flag(&self, word: &str) -> (Vec<(&'a Arg, Option<String>)>, Option<&'a Arg>) {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let Some(arg) = self.find(|arg| {
                let aliases = arg.get_all_aliases().unwrap_or_default();
                arg.get_long() == Some(name) || aliases.contains(&name)
            }) else {
                return (Vec::new(), None);
            };
            return match value {
                None if wants_next(arg) => (Vec::new(), Some(arg)),
                value => (vec![(arg, value.filter(|_| takes_value(arg)))], None),
            };
        }
        let mut flags = Vec::new();
        for (at, c) in word.char_indices().skip(1) {
            let Some(arg) = self.find(|arg| arg.get_short() == Some(c)) else { break };
            let rest = &word[at + c.len_utf8()..];
            if !takes_value(arg) {
                flags.push((arg, None));
            } else if rest.is_empty() {
                return (flags, wants_next(arg).then_some(arg));
            } else {
                flags.push((arg, Some(rest.strip_prefix('=').unwrap_or(rest).to_string())));
                break;
            }
        }
        (flags, None)
    }

    fn find(&self, wanted: impl Fn(&Arg) -> bool) -> Option<&'a Arg> {
        self.command.get_arguments().find(|arg| wanted(arg))
    }

    /// The positional with this index; the last one takes all the rest where it may be repeated.
    fn positional(&self, index: usize) -> Option<&'a Arg> {
        let mut all = self.command.get_positionals();
        let last = self.command.get_positionals().last();
        let many = |arg: &&Arg| matches!(arg.get_action(), ArgAction::Append);
        all.nth(index).or_else(|| last.filter(many))
    }

    fn note(&mut self, arg: &'a Arg, value: Option<&str>) {
        self.given.push((arg.get_id(), value.map(String::from)));
    }

    /// The values a flag has so far, lists taken apart.
    pub(super) fn values(&self, arg: &Arg) -> impl Iterator<Item = &str> {
        let given = self.given.iter().filter(move |(id, _)| *id == arg.get_id());
        let delimiter = arg.get_value_delimiter();
        given.filter_map(|(_, value)| value.as_deref()).flat_map(move |value| {
            // A value that is no list is one piece: no text has this character in it.
            value.split(delimiter.unwrap_or('\0'))
        })
    }

    /// The last value of a flag, by its id.
    pub(super) fn value(&self, id: &str) -> Option<&str> {
        self.given.iter().rev().find(|(known, _)| known.as_str() == id)?.1.as_deref()
    }

    /// All values of a flag, by its id.
    pub(super) fn all_values(&self, id: &str) -> Vec<String> {
        let given = self.given.iter().filter(|(known, _)| known.as_str() == id);
        given.filter_map(|(_, value)| value.clone()).collect()
    }

    /// The commands that could come next.
    pub(super) fn subcommands(&self) -> Vec<Candidate> {
        let visible = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        visible.map(|command| Candidate::new(command.get_name(), command.get_about())).collect()
    }

    /// The flags that could come next: those that may be given once and are there are left out.
    pub(super) fn flags(&self) -> Vec<Candidate> {
        let again = |arg: &Arg| matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
        let new = |arg: &&Arg| again(arg) || !self.given.iter().any(|(id, _)| *id == arg.get_id());
        let visible = self.command.get_arguments().filter(|arg| !arg.is_hide_set());
        visible
            .filter(new)
            .filter_map(|arg| Some(Candidate::new(&format!("--{}", arg.get_long()?), arg.get_help())))
            .collect()
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|range| range.takes_values())
}

/// Whether the value of a flag that stands alone is the next word.
fn wants_next(arg: &Arg) -> bool {
    takes_value(arg) && !arg.is_require_equals_set()
}
