//! Problems of services.yaml as a person reads them: place in the file as it was written (not as it was
//! rendered), path, message, the line, and the way out. All of them at once.

use std::fmt::Write as _;

use super::context::Rendered;
use crate::error::Fault;
use crate::yaml::{Mark, Problem, ProblemKind, YamlError};

/// A problem of services.yaml, with its place in the file as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; none where the line was changed by templating.
    pub column: Option<u32>,
    /// The same place as a path: `services[2].overlays.ai`; empty for the file itself.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do, where that is known.
    pub hint: Option<String>,
    /// Unknown keys may be tolerated, the rest may not.
    pub kind: ProblemKind,
    written: String,
}

/// Collects what is wrong with a rendered services.yaml.
pub(super) struct Report<'a> {
    rendered: &'a Rendered,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    pub(super) fn new(rendered: &'a Rendered, problems: Vec<Problem>) -> Self {
        Self { rendered, problems }
    }

    /// Adds one problem; not where the value was of the wrong type to begin with, which says it all.
    pub(super) fn add(&mut self, mark: Mark, path: &str, message: impl Into<String>, hint: Option<String>) {
        self.add_with(mark, path, message, None, hint);
    }

    /// Adds a problem that is about an earlier place too.
    pub(super) fn add_with(
        &mut self,
        mark: Mark,
        path: &str,
        message: impl Into<String>,
        also: Option<Mark>,
        hint: Option<String>,
    ) {
        let above = |known: &Problem| {
            let rest = path.strip_prefix(known.path.as_str());
            known.kind == ProblemKind::Invalid
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        if path.is_empty() || !self.problems.iter().any(above) {
            let (path, message) = (path.to_string(), message.into());
            self.problems.push(Problem { mark, path, message, also, hint, kind: ProblemKind::Invalid });
        }
    }

    /// Logs warnings for unknown keys (unless `strict` makes them errors) and hands them on, or gives one error with
    /// everything else.
    pub(super) fn finish(self, strict: bool) -> Result<Vec<String>, Fault> {
        if self.problems.is_empty() {
            return Ok(Vec::new());
        }
        let name = self.rendered.source.name().to_string();
        let tolerated = |problem: &Placed| problem.kind == ProblemKind::UnknownKey && !strict;
        let (warnings, errors): (Vec<Placed>, Vec<Placed>) = self.placed().into_iter().partition(tolerated);
        let warnings: Vec<String> = warnings.iter().map(|problem| problem.headline(&name, true)).collect();
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        if errors.is_empty() {
            return Ok(warnings);
        }
        let mut text = String::new();
        for problem in &errors {
            text.push_str(&problem.headline(&name, false));
            text.push_str(&problem.excerpt());
            if let Some(hint) = &problem.hint {
                let _ = write!(text, "\n  help: {hint}");
            }
            text.push('\n');
        }
        let plural = if errors.len() == 1 { "problem" } else { "problems" };
        let _ = write!(text, "{} {plural} in {name}", errors.len());
        Err(Fault::invalid(text))
    }

    /// All problems in file order, with their places in the file as it was written.
    pub(super) fn placed(mut self) -> Vec<Placed> {
        if self.problems.is_empty() {
            return Vec::new();
        }
        let lines = LineMap::new(&self.rendered.text, self.rendered.source.text(), &self.rendered.line_map());
        self.problems.sort_by_key(|problem| (problem.mark.line, problem.mark.column));
        let problems = std::mem::take(&mut self.problems);
        problems.into_iter().map(|problem| self.place(problem, &lines)).collect()
    }

    fn place(&self, problem: Problem, lines: &LineMap) -> Placed {
        let also =
            problem.also.map_or_else(String::new, |mark| format!(", first in line {}", lines.place(mark).0));
        let (line, column) = lines.place(problem.mark);
        let written = self.rendered.source.text().lines().nth(line.saturating_sub(1) as usize);
        Placed {
            line,
            column,
            message: format!("{}{also}", problem.message),
            path: problem.path,
            hint: problem.hint,
            kind: problem.kind,
            written: written.unwrap_or_default().to_string(),
        }
    }
}

/// From lines of a rendered text to those of the text as it was written.
#[derive(Clone, Debug)]
pub(crate) struct LineMap {
    /// For each rendered line the written one, and whether it is the same text.
    lines: Vec<(u32, bool)>,
}

impl LineMap {
    /// `lines` are the written lines of the rendered ones, as the template engine knows them.
    pub(crate) fn new(rendered: &str, written: &str, lines: &[u32]) -> Self {
        let texts: Vec<&str> = written.lines().collect();
        let of = |(index, text): (usize, &str)| {
            let own = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let line = lines.get(index).copied().unwrap_or(own);
            (line, texts.get(line.saturating_sub(1) as usize) == Some(&text))
        };
        Self { lines: rendered.lines().enumerate().map(of).collect() }
    }

    /// Line and column of a place of the rendered text; no column where the line was changed by templating.
    pub(crate) fn place(&self, mark: Mark) -> (u32, Option<u32>) {
        match self.lines.get(mark.line.saturating_sub(1) as usize) {
            Some((line, same)) => (*line, same.then_some(mark.column)),
            None => (mark.line, None),
        }
    }
}

impl Placed {
    fn headline(&self, name: &str, with_hint: bool) -> String {
        let column = self.column.map_or_else(String::new, |column| format!(":{column}"));
        let path = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        let hint = match &self.hint {
            Some(hint) if with_hint => format!("; {hint}"),
            _ => String::new(),
        };
        format!("{name}:{}{column}: {path}{}{hint}", self.line, self.message)
    }

    fn excerpt(&self) -> String {
        let number = self.line.to_string();
        let mut text = format!("\n  {number} | {}", self.written.trim_end());
        if let Some(column) = self.column {
            let before = number.len() + 4 + column as usize;
            let _ = write!(text, "\n{:before$}^", "");
        }
        text
    }
}

/// The report of one error of its own: text that is not YAML after rendering.
pub(super) fn not_yaml<'a>(rendered: &'a Rendered, error: &YamlError) -> Report<'a> {
    let hint = error.hint().map(String::from);
    let mut report = Report::new(rendered, Vec::new());
    let message = format!("not YAML after rendering: {}", error.message());
    report.add_with(error.mark(), "", message, error.also(), hint);
    report
}
