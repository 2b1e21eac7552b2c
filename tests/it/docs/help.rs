//! What the binary says of itself: the help of every command, taken apart.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::harness::Project;

/// A command or sub-command, as its `--help` describes it.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// Words after `codexctl`; none for codexctl itself.
    pub path: Vec<String>,
    /// Paragraphs above the usage.
    pub about: Vec<String>,
    pub usage: String,
    /// Headings with their lines: `Options`, `Filters`, `Examples`, …
    pub sections: Vec<(String, Vec<String>)>,
    /// Lines outside of any section, at the end.
    pub notes: Vec<String>,
}

/// A flag or an argument.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// `-c, --config <FILE>`
    pub name: String,
    pub text: Vec<String>,
    pub twin: Option<String>,
    pub default: Option<String>,
}

impl Help {
    pub fn name(&self) -> String {
        std::iter::once("codexctl").chain(self.path.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }

    /// Names and purposes of its sub-commands.
    pub fn commands(&self) -> Vec<(String, String)> {
        let lines = self.sections.iter().find(|(name, _)| name == "Commands").map(|(_, lines)| lines);
        let pairs = lines.into_iter().flatten().filter_map(|line| line.trim().split_once("  "));
        pairs
            .map(|(name, text)| (name.to_string(), text.trim().to_string()))
            .filter(|(n, _)| n != "help")
            .collect()
    }

    /// The flags and arguments of a section.
    pub fn entries(lines: &[String]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut fresh = true;
        for line in lines {
            let indent = line.len() - line.trim_start().len();
            let text = line.trim();
            if indent < 8 && !text.is_empty() {
                entries.push(Entry { name: text.to_string(), ..Entry::default() });
                fresh = true;
                continue;
            }
            let Some(entry) = entries.last_mut() else { continue };
            let inside = |start: &str| text.strip_prefix(start).and_then(|rest| rest.strip_suffix(']'));
            if text.is_empty() {
                fresh = true;
            } else if let Some(twin) = inside("[env: ") {
                entry.twin = Some(twin.trim_end_matches('=').to_string());
            } else if let Some(default) = inside("[default: ") {
                entry.default = Some(default.to_string());
            } else if let (false, false, Some(last)) = (fresh, text.starts_with("- "), entry.text.last_mut())
            {
                last.push(' ');
                last.push_str(text);
            } else {
                entry.text.push(text.to_string());
                fresh = false;
            }
        }
        for entry in &mut entries {
            // clap cannot say a default that is not a value; the text does.
            let spoken = entry.text.first_mut().and_then(|text| {
                let (before, default) = text.strip_suffix(']')?.split_once(" [default: ")?;
                let parts = (before.to_string(), default.to_string());
                *text = parts.0;
                Some(parts.1)
            });
            entry.default = entry.default.take().map(|value| format!("`{value}`")).or(spoken);
        }
        entries
    }

    /// Every `--long` and `-s` of the command.
    pub fn flags(&self) -> Vec<String> {
        let names = self.sections.iter().flat_map(|(_, lines)| Self::entries(lines)).map(|entry| entry.name);
        names
            .filter(|name| name.starts_with('-'))
            .flat_map(|name| {
                let parts: Vec<String> = name.split(", ").map(String::from).collect();
                parts
                    .into_iter()
                    .map(|part| part.split([' ', '=', '[']).next().unwrap_or_default().to_string())
            })
            .collect()
    }
}

/// All commands, by their words.
pub fn all() -> &'static BTreeMap<Vec<String>, Help> {
    static ALL: OnceLock<BTreeMap<Vec<String>, Help>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = BTreeMap::new();
        let project = Project::empty();
        let mut open: Vec<Vec<String>> = vec![Vec::new()];
        while let Some(path) = open.pop() {
            let args: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
            let mut command = project.command(&args);
            command.env("COLUMNS", "100");
            let output = command.output().unwrap();
            assert!(output.status.success(), "{args:?}");
            let help = parse(path, &String::from_utf8(output.stdout).unwrap());
            for (name, _) in help.commands() {
                open.push(help.path.iter().cloned().chain([name]).collect());
            }
            all.insert(help.path.clone(), help);
        }
        all
    })
}

fn parse(path: Vec<String>, text: &str) -> Help {
    let mut help = Help { path, ..Help::default() };
    let (about, rest) = text.split_once("\nUsage: ").expect("a help has a usage");
    help.about =
        about.split("\n\n").map(|part| part.trim().replace('\n', " ")).filter(|p| !p.is_empty()).collect();
    let (usage, rest) = rest.split_once("\n\n").expect("more than the usage");
    help.usage = usage.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let mut inside = false;
    for line in rest.lines() {
        if line.starts_with(|c: char| !c.is_whitespace()) {
            let heading = line.strip_suffix(':');
            inside = heading.is_some();
            match heading {
                Some(heading) => help.sections.push((heading.to_string(), Vec::new())),
                None => help.notes.push(line.to_string()),
            }
        } else if let (true, Some((_, lines))) = (inside, help.sections.last_mut()) {
            lines.push(line.to_string());
        }
    }
    help
}
