//! One environment: services.yaml walked through for it as far as it goes, with what is wrong on the way.

use super::documents::of_warning;
use super::finding::Finding;
use super::rules::{self, Rule};
use crate::config::schema::Text;
use crate::config::{
    Examined, Header, LoadContext, Placed, Rendered, Source, Stack, StackContext, Target, Variables,
};
use crate::error::{Fault, Place};
use crate::template::{Engine, TemplateError};
use crate::yaml::{Map, Mark, Node, ProblemKind};

/// What examinations of manifests, references and hooks start from.
pub(super) struct Environment<'a> {
    pub(super) stack: &'a Stack,
    pub(super) context: StackContext,
    pub(super) engine: Engine,
    /// The rendered services.yaml.
    pub(super) root: &'a Node,
    /// Paths below `services` and `infrastructure` with problems of their own.
    broken: Vec<String>,
}

/// Renders and parses services.yaml for an environment.
///
/// # Errors
/// It does not render.
pub(super) fn examine(
    source: &Source,
    header: &Header,
    target: Target,
    variables: Variables,
) -> Result<Examined, TemplateError> {
    let load = LoadContext::build(header.clone(), source, target, variables);
    Rendered::from(load, source.clone()).map(Stack::examine)
}

/// What an examined services.yaml says about itself; unknown keys are errors where `strict`.
pub(super) fn problems(source: &Source, env: &str, examined: &Examined, strict: bool) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        examined.problems.iter().map(|problem| of_problem(source, problem, strict)).collect();
    let warnings = examined.template_warnings.iter();
    findings.extend(warnings.map(|warning| of_warning(source.name(), warning)));
    let key = |rule, path: &[&str], fault: &Fault| {
        let found = locate(&examined.root, path);
        let place = match (&examined.stack, fault.place()) {
            (_, Some(Place { line, column, .. })) => (*line, *column),
            (Some((stack, _)), None) => place(stack, found.0),
            (None, None) => (Some(1), None),
        };
        let (path, hint) = (found.1, fault.way_out().map(String::from));
        Finding::new(rule, source.name(), fault.to_string()).at(place).path(path).hint(hint)
    };
    let environment = examined.environment.as_ref();
    findings.extend(environment.map(|fault| key(&rules::UNKNOWN_ENVIRONMENT, &["environments"], fault)));
    let namespace = examined.namespace.as_ref();
    // Without a good project name or environment there is no good namespace either: said already.
    let project = examined.problems.iter().any(|problem| problem.path == "project");
    let namespace = namespace.filter(|_| !project && environment.is_none());
    findings.extend(namespace.map(|fault| key(&rules::NAMESPACE, &["namespace", "patterns", env], fault)));
    findings
}

fn of_problem(source: &Source, problem: &Placed, strict: bool) -> Finding {
    let path = problem.path.as_str();
    let rule = match problem.kind {
        ProblemKind::UnknownKey => &rules::UNKNOWN_KEY,
        ProblemKind::Invalid if path.starts_with("hooks.") || path.contains("].hooks.") => &rules::HOOK,
        ProblemKind::Invalid if path.starts_with("environments.") && path.ends_with(".from") => {
            &rules::INHERITANCE
        }
        ProblemKind::Invalid if path.is_empty() && problem.message.contains("duplicate key") => {
            &rules::YAML_DUPLICATE_KEY
        }
        ProblemKind::Invalid if path.is_empty() => &rules::YAML_SYNTAX,
        ProblemKind::Invalid => &rules::INVALID,
    };
    let mut finding = Finding::new(rule, source.name(), &problem.message)
        .at((Some(problem.line), problem.column))
        .path(path)
        .hint(problem.hint.clone());
    if strict && problem.kind == ProblemKind::UnknownKey {
        finding.severity = super::Severity::Error;
    }
    finding
}

impl<'a> Environment<'a> {
    pub(super) fn new(stack: &'a Stack, context: &StackContext, root: &'a Node, problems: &[Placed]) -> Self {
        let broken = problems
            .iter()
            .filter(|problem| problem.kind == ProblemKind::Invalid && !problem.path.contains("].hooks"))
            .map(|problem| problem.path.clone())
            .collect();
        let engine = Engine::new(context.context.clone());
        Self { stack, context: context.clone(), engine, root, broken }
    }

    /// Whether the unit that a path leads into, or all units, have values that are not what was written.
    pub(super) fn is_broken(&self, path: &str) -> bool {
        let unit = path.find(']').map_or(path, |end| &path[..=end]);
        self.broken.iter().any(|broken| {
            broken.strip_prefix(unit).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Whether anything but unknown keys and hooks is wrong with the file.
    pub(super) fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }

    /// The environment's name.
    pub(super) fn name(&self) -> &str {
        &self.stack.environment.name
    }

    /// A finding about a value of services.yaml.
    pub(super) fn at(&self, rule: &'static Rule, value: &Text, message: impl Into<String>) -> Finding {
        self.marked(rule, value.mark, message).path(&value.path)
    }

    /// A finding about a place of services.yaml.
    pub(super) fn marked(&self, rule: &'static Rule, mark: Mark, message: impl Into<String>) -> Finding {
        Finding::new(rule, self.stack.source_name(), message).at(place(self.stack, mark))
    }

    /// The place of the key at the end of a path, and the path as it is written.
    pub(super) fn locate(&self, path: &[&str]) -> (Mark, String) {
        locate(self.root, path)
    }

    /// A finding about a key of services.yaml; numbers lead into lists.
    pub(super) fn key(&self, rule: &'static Rule, path: &[&str], message: impl Into<String>) -> Finding {
        let (mark, path) = locate(self.root, path);
        self.marked(rule, mark, message).path(path)
    }

    /// A file that services.yaml names and that cannot be read: missing ones are found where they are named.
    pub(super) fn unreadable(&self, file: &str, mark: Mark, path: &str, error: &anyhow::Error) -> Finding {
        let fault = error.chain().find_map(|cause| cause.downcast_ref::<Fault>());
        let line = fault.and_then(Fault::place).and_then(|place| place.line);
        if line.is_some() {
            return Finding::of_error(&rules::NOT_UTF8, self.stack.source_name(), error).path(path);
        }
        let missing = !self.stack.root().join(file).exists();
        let rule = if missing { &rules::MISSING } else { &rules::UNREADABLE };
        let hint = "paths start from the folder of services.yaml";
        let message = fault.map_or_else(|| error.to_string(), Fault::to_string);
        self.marked(rule, mark, message).path(path).hint(Some(hint.into()))
    }
}

fn place(stack: &Stack, mark: Mark) -> (Option<u32>, Option<u32>) {
    if !mark.is_known() {
        return (Some(1), None);
    }
    let (line, column) = stack.written(mark);
    (Some(line), column)
}

/// The place of the key at the end of a path, or of the last one that is there, and the path as it is written.
fn locate(root: &Node, path: &[&str]) -> (Mark, String) {
    let (mut node, mut mark, mut written) = (Some(root), root.mark, String::new());
    for part in path {
        let index = part.parse::<usize>().ok();
        let item = node.and_then(|node| node.as_list()?.get(index?));
        if let Some(item) = item {
            (mark, node) = (item.mark, Some(item));
            written.push_str(&format!("[{part}]"));
            continue;
        }
        if let Some(found) = node.and_then(Node::as_map).and_then(|map: &Map| map.key_mark(part)) {
            mark = found;
        }
        node = node.and_then(|node| node.get(part));
        if !written.is_empty() {
            written.push('.');
        }
        written.push_str(part);
    }
    (mark, written)
}

/// Whether a finding may only be there because variables are missing, whose file could not be read.
pub(super) fn follows_from_variables(finding: &Finding) -> bool {
    [&rules::TEMPLATE_UNDEFINED, &rules::TEMPLATE_NO_VALUE].iter().any(|rule| rule.id == finding.rule.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn keys_are_found_by_path() -> Result<(), yaml::YamlError> {
        let root = yaml::parse_one("x", "a:\n  - b: 1\n    c:\n      d: 2\n")?.unwrap_or_default();
        let (mark, path) = locate(&root, &["a", "0", "c", "d"]);
        assert_eq!((mark.line, mark.column, path.as_str()), (4, 7, "a[0].c.d"));
        let (mark, path) = locate(&root, &["a", "0", "x", "y"]);
        assert_eq!((mark.line, path.as_str()), (2, "a[0].x.y"));
        Ok(())
    }
}
