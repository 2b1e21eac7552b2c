//! The slots of one environment: how their records, claims and namespaces are called.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::key::Key;
use super::record::{ENV, PROJECT};
use crate::config::{EnvName, Namespace, Slot, Stack, is_dns_label};
use crate::error::Fault;

/// Namespace of the records where services.yaml names none; the Go tool's usual one.
pub const STATE_NAMESPACE: &str = "codex-system";
/// Prefix of the records where services.yaml names none (spec section 1).
const PREFIX: &str = "codex-env-";

/// How many slots are looked at to see whether each has a namespace of its own.
const SAMPLE: usize = 20;

type Pattern<'a> = Box<dyn Fn(Slot) -> Result<String, Fault> + Send + Sync + 'a>;

/// Where slots of one environment live, and what they are called.
pub struct Pool<'a> {
    /// The project.
    pub project: String,
    /// The environment.
    pub env: EnvName,
    /// Namespace of the records.
    pub state_namespace: String,
    prefix: String,
    pattern: Pattern<'a>,
}

impl fmt::Debug for Pool<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({} {} in {})", self.project, self.env, self.state_namespace)
    }
}

impl<'a> Pool<'a> {
    /// The pool of a stack's environment.
    ///
    /// # Errors
    /// An environment whose slots would share a namespace; a state namespace or prefix that is no name.
    pub fn of(stack: &'a Stack) -> Result<Self, Fault> {
        let env = stack.target().env.clone();
        let state = &stack.file.state;
        let set = |text: &Option<crate::config::schema::Text>| {
            text.as_ref().map(|text| text.value.clone()).filter(|text| !text.is_empty())
        };
        let state_namespace = set(&state.configmap_namespace).unwrap_or_else(|| STATE_NAMESPACE.into());
        Namespace::new(&state_namespace, "state.configmapNamespace")?;
        let prefix = set(&state.configmap_prefix).unwrap_or_else(|| PREFIX.into());
        let named = env.clone();
        let pattern = move |slot| {
            let namespace = stack.namespace_for(&named, Some(slot))?;
            let missing =
                || Fault::invalid(format!("environment `{named}` has no namespace for slot {slot}"));
            namespace.map(|namespace| namespace.as_str().to_string()).ok_or_else(missing)
        };
        let pool = Self::new(&stack.project, env, &state_namespace, &prefix, pattern);
        pool.check()?;
        Ok(pool)
    }

    /// A pool with these names; `pattern` gives the namespace of a slot.
    pub fn new(
        project: &str,
        env: EnvName,
        state_namespace: &str,
        prefix: &str,
        pattern: impl Fn(Slot) -> Result<String, Fault> + Send + Sync + 'a,
    ) -> Self {
        Self {
            project: project.into(),
            env,
            state_namespace: state_namespace.into(),
            prefix: prefix.into(),
            pattern: Box::new(pattern),
        }
    }

    /// Two slots must not share a namespace: taking one down would take the other along.
    fn check(&self) -> Result<(), Fault> {
        let env = &self.env;
        let (one, two) = (Slot::FIRST, Slot::FIRST.next());
        if self.namespace(one)? == self.namespace(two)? {
            let message = format!("environment `{env}` has no slots: its namespace is the same for each");
            let hint =
                format!("let namespace.patterns.{env} use Slot, or name another environment with --env");
            return Err(Fault::invalid(message).hint(hint));
        }
        // Enough to find a pattern that counts in a circle or takes one digit of the number.
        let mut seen = BTreeMap::new();
        for slot in std::iter::successors(Some(one), |slot| Some(slot.next())).take(SAMPLE) {
            // Whether a far number has a name is told when its turn comes.
            let Ok(name) = self.namespace(slot) else { break };
            if let Some(first) = seen.insert(name.clone(), slot) {
                return Err(Fault::invalid(format!("slots {first} and {slot} would share namespace {name}"))
                    .hint(format!("let namespace.patterns.{env} give each slot its own")));
            }
        }
        Ok(())
    }

    /// The namespace the pattern gives for a slot.
    ///
    /// # Errors
    /// A pattern that does not render, or gives no namespace name.
    pub fn namespace(&self, slot: Slot) -> Result<String, Fault> {
        (self.pattern)(slot)
    }

    /// Name of a slot's record.
    pub fn record_name(&self, slot: Slot) -> String {
        format!("{}{slot}", self.prefix)
    }

    /// The slot of a record's name; `None` for other names, `007` among them.
    pub fn slot_of(&self, name: &str) -> Option<Slot> {
        let slot: Slot = name.strip_prefix(&self.prefix)?.parse().ok()?;
        (self.record_name(slot) == name).then_some(slot)
    }

    /// Name of the claim that says which slot an issue or pull request has. It does not begin with the records' prefix,
    /// so that the Go tool does not take it for one.
    pub fn claim_name(&self, key: Key) -> String {
        format!("{key}.{}.{}.claim", self.project, label(self.env.as_str()))
    }

    /// Labels of records and claims.
    pub fn labels(&self) -> Value {
        json!({
            "app.kubernetes.io/managed-by": "codexctl",
            PROJECT: self.project,
            ENV: label(self.env.as_str()),
        })
    }

    /// API path of a ConfigMap in the state namespace.
    pub fn path_of(&self, name: &str) -> String {
        format!("/api/v1/namespaces/{}/configmaps/{name}", self.state_namespace)
    }
}

/// An environment's name as part of object names and labels. One that is no DNS label is written so that two
/// environments never get the same name: what a label does not allow becomes hexadecimal.
fn label(env: &str) -> String {
    if is_dns_label(env) && !env.starts_with("x--") {
        return env.into();
    }
    let mut text = String::new();
    for byte in env.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => text.push(char::from(byte)),
            b'-' => text.push_str("--"),
            other => text.push_str(&format!("-{other:02x}")),
        }
    }
    // A name ends with a letter or digit.
    format!("x--{text}x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let pool = Pool::new("demo", EnvName::new("ai_x"), "codex-system", "codex-env-", |slot| {
            Ok(format!("demo-{slot}"))
        });
        let slot: Slot = "7".parse().unwrap();
        assert_eq!(pool.record_name(slot), "codex-env-7");
        assert_eq!(pool.slot_of("codex-env-7"), Some(slot));
        for other in ["codex-env-07", "codex-env-x", "codex-env-0", "issue-7.demo.ai.claim"] {
            assert_eq!(pool.slot_of(other), None, "{other}");
        }
        assert_eq!(pool.claim_name("issue-7".parse().unwrap()), "issue-7.demo.x--ai-5fxx.claim");
    }
}
