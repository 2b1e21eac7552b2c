//! Problems of services.yaml as a person reads them: place in the file as it was written (not as it was
//! rendered), path, message, the line, and the way out. All of them at once.

use std::fmt::Write as _;

use super::context::Rendered;
use crate::error::Fault;
use crate::yaml::{Mark, Problem, ProblemKind};

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
    pub(super) fn finish(mut self, strict: bool) -> Result<Vec<String>, Fault> {
        if self.problems.is_empty() {
            return Ok(Vec::new());
        }
        let lines = self.rendered.line_map();
        self.problems.sort_by_key(|problem| (problem.mark.line, problem.mark.column));
        let tolerated = |problem: &Problem| problem.kind == ProblemKind::UnknownKey && !strict;
        let (warnings, errors): (Vec<&Problem>, Vec<&Problem>) =
            self.problems.iter().partition(|p| tolerated(p));
        let warnings: Vec<String> =
            warnings.into_iter().map(|problem| self.headline(problem, &lines, true)).collect();
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        if errors.is_empty() {
            return Ok(warnings);
        }
        let mut text = String::new();
        for problem in &errors {
            text.push_str(&self.headline(problem, &lines, false));
            text.push_str(&self.excerpt(problem, &lines));
            if let Some(hint) = &problem.hint {
                let _ = write!(text, "\n  help: {hint}");
            }
            text.push('\n');
        }
        let plural = if errors.len() == 1 { "problem" } else { "problems" };
        let _ = write!(text, "{} {plural} in {}", errors.len(), self.rendered.source.name());
        Err(Fault::invalid(text))
    }

    fn headline(&self, problem: &Problem, lines: &[u32], with_hint: bool) -> String {
        let (line, column, _) = self.place(problem.mark, lines);
        let column = column.map_or_else(String::new, |column| format!(":{column}"));
        let path = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        let hint = match &problem.hint {
            Some(hint) if with_hint => format!("; {hint}"),
            _ => String::new(),
        };
        let also = problem
            .also
            .map_or_else(String::new, |mark| format!(", first in line {}", self.place(mark, lines).0));
        format!("{}:{line}{column}: {path}{}{also}{hint}", self.rendered.source.name(), problem.message)
    }

    /// Line and column in the file as written, and that line. No column where the line was changed by templating.
    fn place(&self, mark: Mark, lines: &[u32]) -> (u32, Option<u32>, &str) {
        let index = mark.line.saturating_sub(1) as usize;
        let line = lines.get(index).copied().unwrap_or(mark.line);
        let written =
            self.rendered.source.text().lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
        let same = self.rendered.text.lines().nth(index) == Some(written);
        (line, same.then_some(mark.column), written)
    }

    fn excerpt(&self, problem: &Problem, lines: &[u32]) -> String {
        let (line, column, written) = self.place(problem.mark, lines);
        let number = line.to_string();
        let mut text = format!("\n  {number} | {}", written.trim_end());
        if let Some(column) = column {
            let before = number.len() + 4 + column as usize;
            let _ = write!(text, "\n{:before$}^", "");
        }
        text
    }
}

/// The place of one mark, for an error of its own (text that is not YAML after rendering).
pub(super) fn not_yaml(rendered: &Rendered, error: &crate::yaml::YamlError) -> Fault {
    let hint = error.hint().map(String::from);
    let mut report = Report::new(rendered, Vec::new());
    let message = format!("not YAML after rendering: {}", error.message());
    report.add_with(error.mark(), "", message, error.also(), hint);
    match report.finish(true) {
        Err(fault) => fault,
        Ok(_) => Fault::invalid(error.to_string()),
    }
}
