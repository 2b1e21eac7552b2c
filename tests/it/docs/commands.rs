//! docs/commands: one page per command, made of its `--help`. `CODEXCTL_WRITE_DOCS=1` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::ROOT;
use super::help::{self, Help};

/// Flags that every command has are told once, in the index.
const EVERYWHERE: [&str; 6] = ["--config", "--strict", "--log-level", "--log-format", "--help", "--version"];

/// Commands with a page about more than their flags.
const MORE: [(&str, &str); 9] = [
    ("completions", "install.md#completion"),
    ("convert", "coming-from-go.md#from-go-templates-to-jinja"),
    ("doctor", "doctor.md"),
    ("graph", "graph.md"),
    ("images", "images.md"),
    ("man", "install.md#manual-pages"),
    ("manage-env", "slots.md"),
    ("prompt", "agent.md"),
    ("validate", "validate.md"),
];

#[test]
fn command_pages_are_what_help_says() {
    let folder = Path::new(ROOT).join("docs/commands");
    let pages = pages();
    assert!(pages.len() > 25, "{} commands", pages.len());
    if std::env::var_os("CODEXCTL_WRITE_DOCS").is_some() {
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let mut there = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        there.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    let way = "CODEXCTL_WRITE_DOCS=1 cargo test --test it docs";
    assert_eq!(there.keys().collect::<Vec<_>>(), pages.keys().collect::<Vec<_>>(), "{way}");
    for (name, text) in &pages {
        assert!(&there[name] == text, "docs/commands/{name} is not what --help says: {way}\n{text}");
    }
}

/// Every command's help shows what it is for, a usage and two examples.
#[test]
fn every_help_has_examples() {
    for help in help::all().values() {
        let examples = help.sections.iter().find(|(name, _)| name == "Examples").map(|(_, lines)| lines);
        let count = examples.into_iter().flatten().filter(|line| line.contains("codexctl ")).count();
        assert!(count >= 2 && !help.about.is_empty(), "{}: {count} examples", help.name());
    }
}

fn pages() -> BTreeMap<String, String> {
    help::all().values().map(|help| (file(&help.path), page(help))).collect()
}

fn file(path: &[String]) -> String {
    if path.is_empty() { "README.md".into() } else { format!("{}.md", path.join("-")) }
}

fn page(help: &Help) -> String {
    let mut text = String::new();
    let title = if help.path.is_empty() { "Commands".into() } else { help.name() };
    let _ = writeln!(text, "<!-- Written from `{} --help`; a test compares. -->\n\n# {title}\n", help.name());
    for paragraph in &help.about {
        let _ = writeln!(text, "{}\n", sentence(&escaped(paragraph)));
    }
    let _ = writeln!(text, "```text\n{}\n```\n", help.usage);
    let commands = help.commands();
    if !commands.is_empty() {
        text.push_str("| command | what it does |\n|---|---|\n");
        for (name, purpose) in &commands {
            let path: Vec<String> = help.path.iter().cloned().chain([name.clone()]).collect();
            let _ = writeln!(text, "| [`{}`]({}) | {} |", path.join(" "), file(&path), escaped(purpose));
            // Of sub-commands, too: the index shows all.
            let below = help::all()[&path].commands();
            for (name, purpose) in below.iter().filter(|_| help.path.is_empty()) {
                let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
                let _ = writeln!(text, "| [`{}`]({}) | {} |", path.join(" "), file(&path), escaped(purpose));
            }
        }
        text.push('\n');
    }
    for (heading, lines) in &help.sections {
        match heading.as_str() {
            "Commands" => {}
            "Options" | "Arguments" | "Filters" => flags(&mut text, help, heading, lines),
            "Examples" => {
                let lines: Vec<&str> =
                    lines.iter().map(|line| line.trim()).filter(|l| !l.is_empty()).collect();
                let _ = writeln!(text, "## Examples\n\n```sh\n{}\n```\n", lines.join("\n"));
            }
            _ => {
                let _ = writeln!(text, "## {heading}\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
            }
        }
    }
    for note in &help.notes {
        let _ = writeln!(text, "{}\n", escaped(note));
    }
    let more = MORE.iter().find(|(name, _)| help.path.first().is_some_and(|first| first == name));
    let mut ways = Vec::new();
    if let Some((name, page)) = more {
        ways.push(format!("[more about {name}](../{page})"));
    }
    match help.path.len() {
        0 => ways.push("[all pages](../README.md)".into()),
        1 => ways.push("[all commands](README.md), with the flags that every command has".into()),
        _ => ways.push(format!(
            "[{}]({}), [all commands](README.md), with the flags that every command has",
            help.path[0],
            file(&help.path[..1])
        )),
    }
    let _ = writeln!(text, "See also: {}.", ways.join(", "));
    text
}

fn flags(text: &mut String, help: &Help, heading: &str, lines: &[String]) {
    let entries = Help::entries(lines);
    let own: Vec<_> = entries
        .iter()
        .filter(|entry| help.path.is_empty() || !EVERYWHERE.iter().any(|name| entry.name.contains(name)))
        .collect();
    if own.is_empty() {
        return;
    }
    let heading = if help.path.is_empty() { "Flags of every command" } else { heading };
    let what = if heading == "Arguments" { "argument" } else { "flag" };
    let _ = writeln!(text, "## {heading}\n\n| {what} | meaning | default | variable |\n|---|---|---|---|");
    for entry in own {
        let names: Vec<String> = entry.name.split(", ").map(|name| format!("`{name}`")).collect();
        let meaning: Vec<String> = entry.text.iter().map(|line| escaped(&values(line))).collect();
        let twin = entry.twin.as_ref().map_or(String::new(), |twin| format!("`{twin}`"));
        let default = entry.default.as_deref().map_or(String::new(), escaped);
        let _ = writeln!(text, "| {} | {} | {default} | {twin} |", names.join(", "), meaning.join("<br>"));
    }
    text.push('\n');
}

/// clap's lists of values, as code.
fn values(line: &str) -> String {
    if let Some(list) = line.strip_prefix("[possible values: ").and_then(|rest| rest.strip_suffix(']')) {
        let all: Vec<String> = list.split(", ").map(|value| format!("`{value}`")).collect();
        return all.join(", ");
    }
    match line.strip_prefix("- ").and_then(|rest| rest.split_once(": ")) {
        Some((value, meaning)) => format!("`{value}`: {meaning}"),
        None => line.to_string(),
    }
}

/// Text of the help as Markdown: `<` begins no tag and `|` no cell.
fn escaped(text: &str) -> String {
    let mut code = false;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '`' => {
                code = !code;
                out.push(c);
            }
            '<' | '*' | '[' | ']' if !code => {
                out.push('\\');
                out.push(c);
            }
            '|' => out.push_str("\\|"),
            _ => out.push(c),
        }
    }
    out
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', ':', '!', '?']) { text.to_string() } else { format!("{text}.") }
}
