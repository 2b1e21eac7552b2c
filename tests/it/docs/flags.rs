//! No page names a command or a flag that the binary does not have.

use super::help;
use super::markdown::code;
use super::{markdown_files, read};

/// A command that a page shows: its words, and the flags behind them.
#[derive(Debug, PartialEq)]
struct Shown {
    path: Vec<String>,
    flags: Vec<String>,
}

#[test]
fn pages_name_flags_that_are_there() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for file in markdown_files() {
        let text = read(&file);
        for (line, piece) in code(&text) {
            for shown in commands(&piece) {
                let help = &help::all()[&shown.path];
                let known = help.flags();
                checked += shown.flags.len();
                for flag in shown.flags.iter().filter(|flag| !known.contains(flag)) {
                    wrong.push(format!("{file}:{line}: `{}` has no {flag}: {piece}", help.name()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 200, "only {checked} flags were looked at");
}

/// A flag that stands alone in the text is one of some command, or of a program that is driven.
#[test]
fn flags_in_the_text_are_there() {
    // kubectl's, docker's, cargo's, and those of this repository's own scripts; `--evn` is a typo on purpose.
    const OTHERS: [&str; 14] = [
        "--evn",
        "--insecure",
        "--context",
        "--kubeconfig",
        "--counts",
        "--plot",
        "--with-api-key",
        "--with-token",
        "--locked",
        "--client",
        "--json",
        "--privileged",
        "--jq",
        "--ignored",
    ];
    let known: Vec<String> = help::all().values().flat_map(help::Help::flags).collect();
    for file in markdown_files() {
        let text = read(&file);
        for (line, piece) in code(&text).iter().filter(|(_, piece)| piece.starts_with("--")) {
            let name = piece.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap();
            let there = known.iter().any(|flag| flag == name)
                || OTHERS.contains(&name)
                || name.chars().all(|c| c == '-');
            assert!(there, "{file}:{line}: no command has {name}: {piece}");
        }
    }
}

/// The codexctl commands in a line of code: after `codexctl`, or from a command's name at the beginning of inline code.
fn commands(piece: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    // What is behind a pipe, a semicolon or a comment belongs to another program.
    for part in piece.split(['|', ';', '#', '(', ')', '&']).map(str::trim) {
        let words: Vec<&str> = part.split_whitespace().collect();
        let top = |word: &&str| help::all().contains_key(&vec![(*word).to_string()]);
        let start = match words.iter().position(|word| *word == "codexctl") {
            // cargo's flag.
            Some(at) if at > 0 && words[at - 1] == "--bin" => continue,
            Some(at) => at + 1,
            None if words.first().is_some_and(top) => 0,
            None => continue,
        };
        found.push(shown(&words[start..]));
    }
    found
}

fn shown(words: &[&str]) -> Shown {
    let mut shown = Shown { path: Vec::new(), flags: Vec::new() };
    let mut descending = true;
    for word in words {
        let bare = word.trim_end_matches(',');
        let next: Vec<String> = shown.path.iter().cloned().chain([bare.to_string()]).collect();
        if descending && help::all().contains_key(&next) {
            shown.path = next;
        } else if word.starts_with('-') && word.len() > 1 {
            let name = word.split(['=', '[', ',', '.', ':']).next().unwrap();
            if name.starts_with("--") && name.len() > 2 {
                shown.flags.push(name.to_string());
            }
        } else {
            // The value of a flag, or an argument: `-c FILE render` goes on, `render FILE status` does not matter.
            descending = shown.path.is_empty();
        }
        // A sentence that goes on after the command.
        if descending && bare != *word {
            break;
        }
    }
    shown
}

#[test]
fn commands_in_code_are_found() {
    let one = |text: &str| commands(text).pop().unwrap();
    let path = |words: &[&str]| words.iter().map(|word| (*word).to_string()).collect::<Vec<String>>();
    assert_eq!(
        one("codexctl -c bad.yaml render --env dev"),
        Shown { path: path(&["render"]), flags: path(&["--env"]) }
    );
    assert_eq!(
        one("$ codexctl manage-env create --issue 12 --max=10 | jq --raw"),
        Shown { path: path(&["manage-env", "create"]), flags: path(&["--issue", "--max"]) }
    );
    assert_eq!(one("apply --wait"), Shown { path: path(&["apply"]), flags: path(&["--wait"]) });
    assert_eq!(commands("kubectl apply --wait"), []);
}
