//! A slot's record: the ConfigMap `<prefix><slot>`, as the Go tool writes it too (spec section 7).
//!
//! What codexctl adds are labels and annotations, which the Go tool does not look at. Nothing is decided here.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::key::{Key, Kind, Number, Purpose};
use super::pool::Pool;
use crate::config::Slot;
use crate::tools::kubectl_cas::Precondition;

/// Project a record or claim belongs to (label).
pub const PROJECT: &str = "codexctl/project";
/// Environment (label); informational, `data.env` counts.
pub const ENV: &str = "codexctl/env";
/// Identity of one tenancy of a slot (annotation): a number is given out again and again, a token never.
pub const TOKEN: &str = "codexctl/token";
/// The run that made a record (annotation): a run whose answer was lost finds what it made.
pub const MADE_BY: &str = "codexctl/made-by";
/// The key a record was made for, until it is handed out (annotation).
pub const RESERVED_FOR: &str = "codexctl/reserved-for";
/// The run that turned a reserved record into a ready one (annotation).
pub const HANDED_OUT_BY: &str = "codexctl/handed-out-by";
/// `terminating` once the slot is being taken down (annotation).
pub const STATE: &str = "codexctl/state";
/// UID of the slot's namespace, once it is known (annotation).
pub const NAMESPACE_UID: &str = "codexctl/namespace-uid";

/// Where a slot stands; see the module documentation of `slots`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Made for an issue or pull request, not handed out yet.
    Reserved,
    /// Handed out.
    Ready,
    /// Being taken down.
    Terminating,
}

/// A record that can be read.
#[derive(Clone, Debug)]
pub struct Record {
    /// The slot.
    pub slot: Slot,
    /// `data.env`.
    pub env: String,
    /// `data.namespace`.
    pub namespace: String,
    /// `data.owner`.
    pub owner: String,
    /// `data.issue`, `data.pr`.
    pub purpose: Purpose,
    /// `data.createdAt`.
    pub created_at: Timestamp,
    /// The project label.
    pub project: Option<String>,
    /// UID of its namespace, where it is known.
    pub namespace_uid: Option<String>,
    object: Value,
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// What is missing or broken, all of it.
    pub fn read(slot: Slot, object: &Value) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let data = |key: &str| object["data"][key].as_str().map(str::trim).filter(|text| !text.is_empty());
        let mut needed = |key: &str| {
            if data(key).is_none() {
                wrong.push(format!("`{key}` is missing"));
            }
            data(key).unwrap_or_default().to_string()
        };
        let (number, env, namespace, created) =
            (needed("slot"), needed("env"), needed("namespace"), needed("createdAt"));
        if !number.is_empty() && number.parse() != Ok(slot) {
            wrong.push(format!("`slot` is `{number}`, its name says {slot}"));
        }
        let created_at = created.parse::<Timestamp>();
        if created_at.is_err() && !created.is_empty() {
            wrong.push(format!("`createdAt` is `{created}`, not a time"));
        }
        let mut number = |kind: Kind| match data(kind.as_str()) {
            // 0 is how Go writes a number that is not set.
            None | Some("0") => None,
            Some(text) => text
                .parse::<Number>()
                .map_err(|_| wrong.push(format!("`{}` is `{text}`, not a number", kind.as_str())))
                .ok(),
        };
        let purpose = Purpose { issue: number(Kind::Issue), pr: number(Kind::Pr) };
        let Ok(created_at) = created_at else { return Err(wrong) };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self {
            slot,
            env,
            namespace,
            owner: data("owner").unwrap_or_default().into(),
            purpose,
            created_at,
            project: object["metadata"]["labels"][PROJECT].as_str().map(String::from),
            namespace_uid: annotation(object, NAMESPACE_UID).map(String::from),
            object: object.clone(),
        })
    }

    /// The ConfigMap of a new record. Without a purpose nothing can contend for it: it is handed out as it is made.
    pub fn fresh(pool: &Pool, slot: Slot, namespace: &str, order: &Order) -> Value {
        let mut data = json!({
            "slot": slot.to_string(),
            "env": pool.env.as_str(),
            "namespace": namespace,
            "owner": order.owner,
            "createdAt": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        });
        let mut annotations = json!({ TOKEN: super::unique(), MADE_BY: order.run });
        let keys = order.purpose.keys();
        for key in &keys {
            data[key.kind.as_str()] = key.number.to_string().into();
        }
        match keys.first() {
            Some(first) => annotations[RESERVED_FOR] = first.to_string().into(),
            None => annotations[HANDED_OUT_BY] = order.run.as_str().into(),
        }
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": pool.record_name(slot),
                "namespace": pool.state_namespace,
                "labels": pool.labels(),
                "annotations": annotations,
            },
            "data": data,
        })
    }

    /// Tells this tenancy of the slot from all others.
    pub fn identity(&self) -> &str {
        annotation(&self.object, TOKEN).unwrap_or_else(|| self.uid())
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        if annotation(&self.object, STATE) == Some("terminating") {
            State::Terminating
        } else if self.reserved_for().is_some() {
            State::Reserved
        } else {
            State::Ready
        }
    }

    /// The key it was made for, as long as it is not handed out.
    pub fn reserved_for(&self) -> Option<Key> {
        annotation(&self.object, RESERVED_FOR)?.parse().ok()
    }

    /// Which run made it.
    pub fn made_by(&self) -> Option<&str> {
        annotation(&self.object, MADE_BY)
    }

    /// Which run handed it out.
    pub fn handed_out_by(&self) -> Option<&str> {
        annotation(&self.object, HANDED_OUT_BY)
    }

    /// `metadata.uid`.
    pub fn uid(&self) -> &str {
        self.object["metadata"]["uid"].as_str().unwrap_or_default()
    }

    /// Only this record, as it was read.
    pub fn unchanged(&self) -> Precondition {
        let version = self.object["metadata"]["resourceVersion"].as_str().map(String::from);
        Precondition { uid: self.uid().into(), version }
    }

    /// The ConfigMap with changes, its resourceVersion kept: it can only replace what was read here.
    pub fn changed(&self, change: impl FnOnce(&mut Edit<'_>)) -> Value {
        let mut object = self.object.clone();
        change(&mut Edit(&mut object));
        object
    }
}

/// What a new slot is made for, and by whom.
#[derive(Clone, Debug)]
pub struct Order {
    /// Issue and pull request.
    pub purpose: Purpose,
    /// `data.owner`.
    pub owner: String,
    /// Unique to this run.
    pub run: String,
}

/// Changes to a record's ConfigMap.
pub struct Edit<'a>(&'a mut Value);

impl Edit<'_> {
    /// Sets or takes away an annotation.
    pub fn annotate(&mut self, name: &str, value: Option<&str>) {
        set(&mut self.0["metadata"]["annotations"], name, value);
    }

    /// Sets issue and pull request; what is not set stays as it is.
    pub fn purpose(&mut self, purpose: Purpose) {
        for key in purpose.keys() {
            set(&mut self.0["data"], key.kind.as_str(), Some(&key.number.to_string()));
        }
    }

    /// Sets the keys to these and no others.
    pub fn only(&mut self, purpose: Purpose) {
        for kind in [Kind::Issue, Kind::Pr] {
            let number = purpose.get(kind).map(|number| number.to_string());
            set(&mut self.0["data"], kind.as_str(), number.as_deref());
        }
    }
}

fn set(map: &mut Value, name: &str, value: Option<&str>) {
    if !map.is_object() {
        *map = Value::Object(Map::new());
    }
    if let Some(map) = map.as_object_mut() {
        match value {
            Some(value) => drop(map.insert(name.into(), value.into())),
            None => drop(map.shift_remove(name)),
        }
    }
}

/// An annotation that is set to something.
pub(super) fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][name].as_str().filter(|value| !value.is_empty())
}
