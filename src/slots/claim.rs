//! The claim of an issue or pull request: a ConfigMap with a name of its own that says which record it has. Because
//! names are exclusive, at most one record has the key, whatever runs at the same time.

use serde_json::{Value, json};

use super::key::Key;
use super::pool::Pool;
use super::record::Record;
use crate::config::Slot;
use crate::tools::kubectl_cas::Precondition;

/// A claim that can be read.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Of what.
    pub key: Key,
    /// The slot it names.
    pub slot: Slot,
    /// Which tenancy of that slot: a record's identity.
    pub identity: String,
    uid: String,
    version: String,
}

impl Claim {
    /// Reads a claim; `None` for anything else.
    pub fn read(object: &Value) -> Option<Self> {
        let data = |key: &str| object["data"][key].as_str();
        let meta = |key: &str| object["metadata"][key].as_str().unwrap_or_default().to_string();
        Some(Self {
            name: meta("name"),
            key: data("claim")?.parse().ok()?,
            slot: data("slot")?.parse().ok()?,
            identity: data(TOKEN_KEY)?.into(),
            uid: meta("uid"),
            version: meta("resourceVersion"),
        })
    }

    /// The ConfigMap of a claim for a record. With the claim it replaces, it can replace only that.
    pub fn object(pool: &Pool, key: Key, record: &Record, replaces: Option<&Self>) -> Value {
        let mut object = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": pool.claim_name(key),
                "namespace": pool.state_namespace,
                "labels": pool.labels(),
            },
            "data": {
                "claim": key.to_string(),
                "slot": record.slot.to_string(),
                TOKEN_KEY: record.identity(),
            },
        });
        if let Some(old) = replaces {
            object["metadata"]["uid"] = old.uid.as_str().into();
            object["metadata"]["resourceVersion"] = old.version.as_str().into();
        }
        object
    }

    /// Only this claim, as it was read.
    pub fn unchanged(&self) -> Precondition {
        Precondition { uid: self.uid.clone(), version: Some(self.version.clone()) }
    }
}

const TOKEN_KEY: &str = "token";
