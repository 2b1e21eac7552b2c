//! Stage 3, first half: the variables templates see, from the OS environment, dotenv files, `--var-file` and
//! `--vars`, the later ones stronger.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::config::dotenv;
use crate::config::source::read_text;
use crate::error::Fault;
use crate::yaml;

/// What the command line says about variables.
#[derive(Clone, Debug, Default)]
pub struct VariableInput {
    /// `--vars`, unparsed: each `KEY=VALUE`, or several with commas.
    pub vars: Vec<String>,
    /// `--var-file`.
    pub var_file: Option<PathBuf>,
}

/// The variables of one run.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// OS environment < envFiles < var-file < vars: `EnvMap`.
    pub env_map: BTreeMap<String, String>,
    /// var-file < vars: `Vars`.
    pub vars: BTreeMap<String, String>,
    /// `--vars` alone: `UserVars`.
    pub user_vars: BTreeMap<String, String>,
    /// envFiles alone: what is there whatever the OS environment holds.
    pub files: BTreeMap<String, String>,
}

impl Variables {
    /// Reads all sources. Paths of dotenv files are relative to `root`, that of the var-file to the current folder;
    /// `place` is where services.yaml names the dotenv files.
    ///
    /// # Errors
    /// A missing or malformed file, with its line; a pair without `=`.
    pub fn collect(root: &Path, env_files: &[String], place: &str, input: &VariableInput) -> Result<Self> {
        let (variables, problems) = Self::collect_readable(root, env_files, place, input)?;
        problems.into_iter().next().map_or(Ok(variables), Err)
    }

    /// The same, but files that cannot be read are left out, and what is wrong with each comes beside the variables.
    ///
    /// # Errors
    /// A pair without `=` in `--vars`.
    pub fn collect_readable(
        root: &Path,
        env_files: &[String],
        place: &str,
        input: &VariableInput,
    ) -> Result<(Self, Vec<anyhow::Error>)> {
        let mut problems = Vec::new();
        // Names and values that are not UTF-8 cannot appear in a template.
        let mut env_map: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut files = BTreeMap::new();
        for file in env_files {
            let read = read_text(&root.join(file), file).map_err(|error| {
                error.context(format!("{place}: `envFiles` names a file that cannot be read"))
            });
            match read.and_then(|text| dotenv(&text, file, &env_map)) {
                Ok(found) => {
                    files.extend(found.clone());
                    env_map.extend(found);
                }
                Err(error) => problems.push(error),
            }
        }
        let mut vars = BTreeMap::new();
        if let Some(path) = &input.var_file {
            let name = path.display().to_string();
            match read_text(path, &name).and_then(|text| parse_var_file(&text, &name, &env_map)) {
                Ok(found) => vars = found,
                Err(error) => problems.push(error),
            }
        }
        let mut user_vars = BTreeMap::new();
        for text in &input.vars {
            for pairs in one_per_line(text) {
                user_vars.extend(parse_pairs(pairs)?);
            }
        }
        vars.extend(user_vars.clone());
        env_map.extend(vars.clone());
        Ok((Self { env_map, vars, user_vars, files }, problems))
    }
}

/// The lines of a text in which each is a pair with a value; else the text: keys and certificates have lines that end with
/// `=`, and belong together.
fn one_per_line(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_pair = |line: &&str| {
        let pair = line.split_once('=');
        pair.is_some_and(|(name, value)| is_name(name.trim()) && value.contains(|c| c != '='))
    };
    if lines.iter().all(is_pair) { lines } else { vec![text.trim_end()] }
}

/// `A=1`, `A=1,B=2`. A comma begins a new pair only where a `NAME=` follows, so that `HOSTS=a,b` stays whole.
fn parse_pairs(text: &str) -> Result<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.trim_end().trim_end_matches(',').split(',') {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) if is_name(name.trim()) => {
                pairs.push((name.trim().into(), value.into()));
            }
            (_, Some((_, value))) => {
                value.push(',');
                value.push_str(part);
            }
            _ if part.trim().is_empty() => {}
            _ => {
                let shown =
                    part.split_once('=').map_or(part, |(name, _)| if name.is_empty() { "=…" } else { name });
                let shown = shown.lines().next().unwrap_or_default();
                return Err(Fault::invalid(format!("--vars: `{shown}` is no NAME=VALUE pair"))
                    .hint("write --vars NAME=VALUE, several times or with commas")
                    .into());
            }
        }
    }
    Ok(pairs)
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// A var-file is YAML (`key: value`) or dotenv (`KEY=value`), by what its first line with content looks like.
fn parse_var_file(
    text: &str,
    name: &str,
    outer: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some(first) = text.lines().find(content) else { return Ok(BTreeMap::new()) };
    let first = first.trim().strip_prefix("export ").unwrap_or(first.trim());
    let assignment = first.split_once('=').is_some_and(|(key, _)| is_name(key.trim()));
    if assignment { dotenv(text, name, outer) } else { yaml_variables(text, name) }
}

fn yaml_variables(text: &str, name: &str) -> Result<BTreeMap<String, String>> {
    // The line itself is not shown: nothing of this file is known to be no secret yet.
    let parsed = yaml::parse_one(name, text).map_err(|error| {
        let mark = error.mark();
        Fault::invalid(format!("{name}:{}:{}: {}", mark.line, mark.column, error.message()))
            .hint("a var-file is YAML (`key: value`) or dotenv (`KEY=value`)")
            .at(name, Some(mark.line), Some(mark.column))
    })?;
    let Some(node) = parsed else { return Ok(BTreeMap::new()) };
    let place = |mark: yaml::Mark| format!("{name}:{}:{}", mark.line, mark.column);
    let Some(map) = node.as_map() else {
        return Err(Fault::invalid(format!(
            "{}: expected `key: value` lines, found {}",
            place(node.mark),
            node.kind_name()
        ))
        .hint("a var-file is YAML (`key: value`) or dotenv (`KEY=value`)")
        .at(name, Some(node.mark.line), Some(node.mark.column))
        .into());
    };
    map.iter()
        .map(|(key, value)| match value.text() {
            Some(text) => Ok((key.to_string(), text.into_owned())),
            None if value.is_null() => Ok((key.to_string(), String::new())),
            None => {
                let found = value.kind_name();
                let message = format!("{}: `{key}` must be a plain value, found {found}", place(value.mark));
                Err(Fault::invalid(message).at(name, Some(value.mark.line), Some(value.mark.column)).into())
            }
        })
        .collect()
}

fn dotenv(text: &str, name: &str, outer: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    dotenv::parse(text, outer).map_err(|error| {
        Fault::invalid(format!("{name}:{}: not a dotenv line: {}", error.line, error.message))
            .hint("write NAME=value, and quote values that hold quotes or #")
            .at(name, u32::try_from(error.line).ok(), None)
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_with_commas() -> Result<()> {
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        assert_eq!(parse_pairs("A=1,B=2")?, [pair("A", "1"), pair("B", "2")]);
        assert_eq!(parse_pairs("HOSTS=a,b,C=x=y")?, [pair("HOSTS", "a,b"), pair("C", "x=y")]);
        assert!(parse_pairs("nothing").is_err() && parse_pairs("=x").is_err());
        Ok(())
    }

    #[test]
    fn a_var_file_is_yaml_or_dotenv() -> Result<()> {
        let parse = |text, name| parse_var_file(text, name, &BTreeMap::new());
        let yaml = parse("# c\nA: 1.10\nB: \"x: y\"\n", "v")?;
        assert_eq!((yaml["A"].as_str(), yaml["B"].as_str()), ("1.10", "x: y"));
        let dotenv = parse("export A='x y'\nB=${A}z # c\n", "v")?;
        assert_eq!((dotenv["A"].as_str(), dotenv["B"].as_str()), ("x y", "x yz"));
        assert!(parse("A:\n  - 1\n", "v").is_err());
        assert!(parse("- a\n", "v").is_err());
        assert!(parse("A=1\nB C=2\n", "v").is_err_and(|error| error.to_string().starts_with("v:2:")));
        Ok(())
    }
}
