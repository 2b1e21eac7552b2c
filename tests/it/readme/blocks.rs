//! Fenced blocks of Markdown files, and what the comment above each says a test does with it.

/// One fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// File and line of its fence, from 1.
    pub at: String,
    /// What follows the fence: `sh`, `console`, `yaml`, …
    pub language: String,
    /// The words of `<!-- test: … -->` right above it.
    pub directive: Vec<String>,
    pub text: String,
}

impl Block {
    /// Whether it holds commands that a reader may type.
    pub fn is_commands(&self) -> bool {
        ["sh", "bash", "console"].contains(&self.language.as_str())
    }

    /// The first word of the directive: where it is played.
    pub fn place(&self) -> &str {
        self.directive.first().map_or("", String::as_str)
    }

    /// What a reader types, and what is shown below each. A block without prompts is one script.
    pub fn steps(&self) -> Vec<(String, Option<String>)> {
        if self.language != "console" {
            return vec![(self.text.clone(), None)];
        }
        let mut steps: Vec<(String, Option<String>)> = Vec::new();
        for line in self.text.lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.into(), Some(String::new()))),
                (None, Some((_, Some(shown)))) => {
                    shown.push_str(line);
                    shown.push('\n');
                }
                (None, _) => panic!("{}: a console block begins with `$ `", self.at),
            }
        }
        steps
    }
}

/// All blocks of a file, in order.
pub fn blocks(file: &str, markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut directive = Vec::new();
    for (at, line) in markdown.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let directive = std::mem::take(&mut directive);
                let language = language.trim().to_string();
                let at = format!("{file}:{}", at + 1);
                open = Some(Block { at, language, directive, text: String::new() });
            }
            (None, None) => {
                if let Some(words) = line.strip_prefix("<!-- test: ").and_then(|l| l.strip_suffix(" -->")) {
                    directive = words.split_whitespace().map(String::from).collect();
                } else if !line.trim().is_empty() {
                    directive.clear();
                }
            }
        }
    }
    assert!(open.is_none(), "{file}: a block is not closed");
    found
}

/// Whether `actual` is what `shown` shows: `…` on a line of its own stands for any lines, within a line for any text, and
/// times, ages and made-up names of pods are not compared.
pub fn shows(shown: &str, actual: &str) -> bool {
    // The blank line before the next prompt is nobody's output.
    let (shown, actual) = (steady(shown.trim_end()), steady(actual.trim_end()));
    let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let actual: Vec<&str> = actual.lines().map(str::trim_end).collect();
    lines_fit(&shown, &actual)
}

fn lines_fit(shown: &[&str], actual: &[&str]) -> bool {
    match shown.split_first() {
        None => actual.is_empty(),
        Some((&"…", rest)) => (0..=actual.len()).any(|skip| lines_fit(rest, &actual[skip..])),
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| line_fits(line, first) && lines_fit(rest, others)),
    }
}

fn line_fits(shown: &str, actual: &str) -> bool {
    let Some((before, after)) = shown.split_once('…') else { return shown == actual };
    actual.strip_prefix(before).is_some_and(|rest| {
        (0..=rest.len()).any(|at| rest.is_char_boundary(at) && line_fits(after, &rest[at..]))
    })
}

/// Durations become `T`, with the spaces around them; the random ends of pod names go, and what a wait reports on its way.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    // How often a wait reports before it is over is a matter of luck.
    for line in text.lines().filter(|line| !(line.starts_with('[') && line.contains("  waiting: "))) {
        let words: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(word).collect();
        let indent = line.len() - line.trim_start().len();
        steady.push_str(&" ".repeat(indent));
        steady.push_str(&words.join(" "));
        steady.push('\n');
    }
    steady
}

fn word(word: &str) -> String {
    let core = word.trim_matches(|c: char| "[]():,".contains(c));
    let is_time = core.strip_suffix('s').is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'm')
    });
    let parts: Vec<&str> = core.split('-').collect();
    let random = |part: &str, length: usize| {
        part.len() == length && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    match parts.as_slice() {
        _ if is_time => word.replace(core, "T"),
        [name @ .., set, pod] if !name.is_empty() && random(set, 10) && random(pod, 5) => {
            word.replace(core, &format!("{}-SET-POD", name.join("-")))
        }
        _ => word.to_string(),
    }
}

#[test]
fn what_is_shown_is_compared_but_for_what_changes() {
    assert!(shows("a\n…\nz\n", "a\nb\nc\nz\n") && shows("…\n", "") && shows("x … z\n", "x y z\n"));
    assert!(
        shows("[   4s] ready\n", "[  12s] ready\n")
            && shows("pod web-j4rgv2hkht-nsdwm\n", "pod web-aaaaaaaaaa-bbbbb\n")
    );
    assert!(
        !shows("a\n", "b\n")
            && !shows("a\n…\n", "b\n")
            && !shows("a\n", "a\nb\n")
            && !shows("1 of 2\n", "1 of 1\n")
    );
}
