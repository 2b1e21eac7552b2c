//! `validate`: every rule once broken and once kept, all environments, formats, exit codes.

mod agent;
mod config;
mod environments;
mod formats;
mod objects;
mod references;

use serde_json::Value;

use super::harness::{Project, Run};

/// A project that breaks a rule, and where; `kept` are the files that put it right.
pub struct Case {
    pub rule: &'static str,
    /// `file:line` of each finding of the rule.
    pub at: &'static [&'static str],
    /// services.yaml first.
    pub broken: &'static [(&'static str, &'static str)],
    /// Written over the broken ones.
    pub kept: &'static [(&'static str, &'static str)],
}

impl Case {
    /// The rule is found where it is broken, nothing else is, and nothing at all once it is kept.
    fn wrong(&self) -> Option<String> {
        let project = project(self.broken);
        let found = findings(&project.run(&["validate", "-o", "json"]));
        let wanted: Vec<String> = self.at.iter().map(|place| format!("{place} {}", self.rule)).collect();
        if found != wanted {
            return Some(format!("{}\n  found  {found:?}\n  wanted {wanted:?}", self.rule));
        }
        for (name, text) in self.kept {
            project.file(name, text);
        }
        let run = project.run(&["validate", "-o", "json"]);
        let kept = findings(&run).is_empty() && run.code == 0;
        (!kept).then(|| format!("{} is kept, and yet: {}", self.rule, run.stdout))
    }
}

/// Checks cases, and shows all that fail.
pub fn check<'a>(cases: impl Iterator<Item = &'a Case>) {
    let wrong: Vec<String> = cases.filter_map(Case::wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A project of these files.
pub fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    for (name, text) in files {
        project.file(name, text);
    }
    project
}

pub fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.stdout, run.stderr))
}

/// `file:line rule` of each finding, in order.
pub fn findings(run: &Run) -> Vec<String> {
    let report = parsed(run);
    let list = report["findings"].as_array().unwrap();
    let one = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_string();
        format!("{}:{} {}", text("file"), finding["line"], text("rule"))
    };
    list.iter().map(one).collect()
}

/// The only finding of a rule.
pub fn only(run: &Run, rule: &str) -> Value {
    let report = parsed(run);
    let list = report["findings"].as_array().unwrap();
    let of_rule: Vec<&Value> = list.iter().filter(|finding| finding["rule"] == rule).collect();
    assert_eq!(of_rule.len(), 1, "{rule}: {}", run.stdout);
    of_rule[0].clone()
}

#[test]
fn every_rule_has_a_case() {
    let tables = [config::CASES, objects::CASES, references::CASES, agent::CASES];
    let covered: Vec<&str> = tables.iter().flat_map(|table| table.iter().map(|case| case.rule)).collect();
    let sarif: Value = serde_json::from_str(&project(config::GOOD).ok(&["validate", "-o", "sarif"])).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.len() > 50);
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(covered.contains(&id) || config::APART.contains(&id), "no case for {id}");
        let (family, what) = id.split_once('/').unwrap();
        let kebab =
            |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(kebab(family) && kebab(what), "{id}");
        assert!(rule["shortDescription"]["text"].as_str().unwrap().ends_with('.'), "{id}");
    }
}
