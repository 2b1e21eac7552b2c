//! What `kubectl apply` did to each object, read from its result lines, so that a failed apply can say what was applied
//! and what was not.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::manifests::Document;

/// How many objects a message lists by name.
const SHOWN: usize = 30;

/// Objects that were sent, and kubectl's lines about them over all tries.
pub(super) struct Outcome<'a> {
    sent: Vec<&'a Document>,
    /// kubectl's name of an object → its last result word (`created`), as often as it was said.
    said: HashMap<String, Vec<String>>,
    printed: HashMap<String, usize>,
    /// What was printed of objects that came in an earlier call.
    before: HashMap<String, usize>,
}

impl<'a> Outcome<'a> {
    pub(super) fn new(sent: Vec<&'a Document>) -> Self {
        Self { sent, said: HashMap::new(), printed: HashMap::new(), before: HashMap::new() }
    }

    /// A call with other objects begins: equal names in it are not repeats of earlier ones.
    pub(super) fn begin(&mut self) {
        self.before = self.printed.clone();
    }

    /// Takes the result lines of one try and gives those that are new: a retry reports everything again.
    pub(super) fn take(&mut self, stdout: &str) -> String {
        let mut fresh = String::new();
        let mut now: HashMap<String, Vec<String>> = HashMap::new();
        for line in stdout.lines() {
            match line.split_once(' ') {
                Some((name, word)) if name.contains('/') => {
                    let words = now.entry(name.to_string()).or_default();
                    words.push(word.to_string());
                    let before = self.before.get(name).copied().unwrap_or(0);
                    if words.len() + before > self.printed.get(name).copied().unwrap_or(0) {
                        let _ = writeln!(fresh, "{line}");
                    }
                }
                _ => {
                    let _ = writeln!(fresh, "{line}");
                }
            }
        }
        for (name, words) in now {
            let before = self.before.get(&name).copied().unwrap_or(0);
            let printed = self.printed.entry(name.clone()).or_default();
            *printed = (before + words.len()).max(*printed);
            let said = self.said.entry(name).or_default();
            said.truncate(before);
            said.extend(words);
        }
        fresh
    }

    /// Objects kubectl has not reported as done.
    pub(super) fn missing(&self) -> Vec<&'a Document> {
        let mut left: HashMap<&str, usize> =
            self.printed.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        self.sent
            .iter()
            .filter(|document| match left.get_mut(key(document, &self.printed).as_str()) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .copied()
            .collect()
    }

    /// `3 created, 1 configured, 12 unchanged`.
    pub(super) fn summary(&self) -> String {
        let mut sent: HashMap<String, usize> = HashMap::new();
        for document in &self.sent {
            *sent.entry(key(document, &self.printed)).or_default() += 1;
        }
        // A Namespace that hooks need is sent twice; what became of it was said the first time.
        let said = self
            .said
            .iter()
            .flat_map(|(name, words)| words.iter().take(sent.get(name).copied().unwrap_or(usize::MAX)));
        let mut counts: Vec<(String, usize)> = Vec::new();
        for word in said {
            let word = word.split(" (").next().unwrap_or(word).to_string();
            match counts.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => counts.push((word, 1)),
            }
        }
        counts.sort();
        let parts: Vec<String> = counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
        if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
    }

    /// Which objects were applied and which were not, for the end of an error.
    pub(super) fn account(&self, dry_run: bool) -> String {
        let applied = if dry_run { "accepted by the dry run" } else { "applied" };
        let missing = self.missing();
        let done = self.sent.len() - missing.len();
        let plural = if self.sent.len() == 1 { "object" } else { "objects" };
        let mut text = format!("{applied}: {done} of {} {plural}", self.sent.len());
        if done > 0 {
            let _ = write!(text, " ({})", self.summary());
        }
        if missing.is_empty() {
            return text;
        }
        let _ = write!(text, "; not {}:", if dry_run { "accepted" } else { "applied" });
        for document in missing.iter().take(SHOWN) {
            let _ = write!(text, "\n  {} [{}]", document.id, document.origin);
        }
        if missing.len() > SHOWN {
            let _ = write!(text, "\n  … and {} more", missing.len() - SHOWN);
        }
        text
    }
}

/// The name kubectl reports for a document. For custom kinds it prints the plural's group and the lower-case kind; where
/// that was not said, any line that ends in the same name counts for it.
fn key(document: &Document, said: &HashMap<String, usize>) -> String {
    let name = document.id.kubectl_name();
    if said.contains_key(&name) {
        return name;
    }
    match document.id.name.strip_suffix('*') {
        Some(prefix) => {
            let start = name.trim_end_matches('*');
            debug_assert!(start.ends_with(prefix));
            said.keys().find(|known| known.starts_with(start)).cloned().unwrap_or(name)
        }
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::{Origin, ResourceId};

    fn document(kind: &str, api_version: &str, name: &str) -> Document {
        Document {
            id: ResourceId {
                api_version: api_version.into(),
                kind: kind.into(),
                name: name.into(),
                namespace: None,
            },
            origin: Origin { file: "a.yaml".into(), line: 1 },
            text: String::new(),
            images: Vec::new(),
        }
    }

    #[test]
    fn a_retry_reports_only_what_is_new() {
        let documents = [document("Deployment", "apps/v1", "web"), document("ConfigMap", "v1", "web")];
        let mut outcome = Outcome::new(documents.iter().collect());
        assert_eq!(outcome.take("deployment.apps/web created\n"), "deployment.apps/web created\n");
        assert_eq!(outcome.missing().len(), 1);
        assert!(
            outcome.account(false).contains("applied: 1 of 2")
                && outcome.account(true).contains("not accepted:\n  ConfigMap web")
        );
        let again = outcome.take("deployment.apps/web unchanged\nconfigmap/web created\n");
        assert_eq!(again, "configmap/web created\n");
        assert!(outcome.missing().is_empty());
        assert_eq!(outcome.summary(), "1 created, 1 unchanged");
    }
}
