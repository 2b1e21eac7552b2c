//! Findings of all environments put together: the same problem once, with the environments it was seen in.

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::finding::{Finding, Severity};
use super::images::Unused;
use super::rules::Rule;
use crate::app::App;
use crate::config::Source;

/// What makes two findings the same: everything but the environment.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    rule: &'static str,
    file: String,
    line: Option<u32>,
    column: Option<u32>,
    message: String,
}

/// Findings so far.
#[derive(Default)]
pub(super) struct Collected {
    findings: Vec<Finding>,
    known: HashMap<Key, usize>,
    /// Image → the environments it is unused in, and what to say.
    unused: BTreeMap<String, Vec<(String, Finding)>>,
    /// How many documents were looked at.
    pub(super) documents: usize,
}

impl Collected {
    /// Adds what was found in an environment (`""`: in none).
    pub(super) fn add(&mut self, env: &str, namespace: &str, findings: Vec<Finding>) {
        for mut finding in findings {
            let key = |message: String| Key {
                rule: finding.rule.id,
                file: finding.file.clone(),
                line: finding.line,
                column: finding.column,
                message,
            };
            // Word for word the same, or the same but for the namespace, which differs by its nature.
            let (exact, alike) =
                (key(finding.message.clone()), key(words(&finding.message, namespace, "\u{1}")));
            let at = self.known.get(&exact).or_else(|| self.known.get(&alike)).copied();
            let at = at.unwrap_or_else(|| {
                finding.environments.clear();
                self.findings.push(finding);
                self.findings.len() - 1
            });
            for key in [exact, alike] {
                self.known.entry(key).or_insert(at);
            }
            let environments = &mut self.findings[at].environments;
            if !env.is_empty() && !environments.iter().any(|known| known == env) {
                environments.push(env.to_string());
            }
        }
    }

    /// Notes images that an environment does not use.
    pub(super) fn unused(&mut self, env: &str, unused: Unused) {
        for (name, finding) in unused {
            self.unused.entry(name).or_default().push((env.to_string(), finding));
        }
    }

    /// Takes over what another one has.
    pub(super) fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.documents += other.documents;
    }

    /// Forgets the findings of a rule.
    pub(super) fn remove(&mut self, rule: &Rule) {
        self.findings.retain(|finding| finding.rule.id != rule.id);
    }

    /// Whether there are errors.
    pub(super) fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Everything, in the order it is shown in.
    pub(super) fn into_report(mut self, app: &App, source: &Source, environments: Vec<String>) -> Report {
        // An image that one environment uses is used.
        for (_, seen) in std::mem::take(&mut self.unused) {
            if seen.len() == environments.len() {
                for (env, finding) in seen {
                    self.add(&env, "", vec![finding]);
                }
            }
        }
        let Self { mut findings, documents, .. } = self;
        mask(app, &mut findings);
        findings.sort_by(|a, b| {
            let own = |finding: &Finding| finding.file != source.name();
            let place = |finding: &Finding| (finding.line, finding.column, finding.severity);
            let file = own(a).cmp(&own(b)).then_with(|| a.file.cmp(&b.file));
            file.then_with(|| place(a).cmp(&place(b)))
        });
        let (file, root) = (source.name().to_string(), source.root().to_path_buf());
        Report { findings, environments, documents, file, root }
    }
}

/// Values of secrets do not leave, whatever a template made of them.
pub(super) fn mask(app: &App, findings: &mut [Finding]) {
    let secrets = app.secrets();
    for finding in findings {
        finding.message = secrets.mask(&finding.message).to_string();
        finding.hint = finding.hint.as_deref().map(|hint| secrets.mask(hint).to_string());
    }
}

/// Replaces a word where it stands alone.
fn words(text: &str, word: &str, by: &str) -> String {
    if word.is_empty() {
        return text.to_string();
    }
    let inner = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let alone = !before.ends_with(inner) && !after.starts_with(inner);
        out.push_str(before);
        out.push_str(if alone { by } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(words("`demo-dev` is not demo-devel", "demo-dev", "N"), "`N` is not demo-devel");
        assert_eq!(words("dev", "", "N"), "dev");
    }
}
