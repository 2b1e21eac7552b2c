//! The objects, their resourceVersions, and the history that watches read.
//!
//! Pure bookkeeping: no rules about what may be stored, no time, no HTTP. Every write takes the next
//! resourceVersion, so the history is totally ordered.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::json;

/// How many changes a watch may be late by before it is told `410 Gone`.
const HISTORY: usize = 50_000;

/// Group and plural: objects are stored once, whatever version they are read in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupResource {
    /// API group, empty for the core group.
    pub group: String,
    /// Plural name.
    pub plural: String,
}

impl GroupResource {
    /// `group` and `plural`.
    pub fn new(group: &str, plural: &str) -> Self {
        Self { group: group.to_owned(), plural: plural.to_owned() }
    }
}

/// Where an object is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What it is.
    pub gr: GroupResource,
    /// Its namespace, empty for cluster-scoped objects.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Key {
    /// A key from its parts.
    pub fn new(group: &str, plural: &str, namespace: &str, name: &str) -> Self {
        let gr = GroupResource::new(group, plural);
        Self { gr, namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// One write: created without `old`, deleted without `new`.
#[derive(Debug, Clone)]
pub struct Change {
    /// The resourceVersion of the write.
    pub version: u64,
    /// Which object.
    pub key: Key,
    /// The object before the write.
    pub old: Option<Arc<Value>>,
    /// The object after the write.
    pub new: Option<Arc<Value>>,
    /// The object as a watch reports it: `new`, or the last state under the version of its deletion.
    pub object: Arc<Value>,
}

/// What one kind has stored, by namespace and name.
pub type Objects = BTreeMap<(String, String), Arc<Value>>;

/// All objects of the cluster.
#[derive(Debug, Default)]
pub struct Store {
    objects: BTreeMap<GroupResource, Objects>,
    dependents: HashMap<String, BTreeSet<Key>>,
    uids: HashMap<String, Key>,
    history: VecDeque<Change>,
    version: u64,
}

impl Store {
    /// The resourceVersion of the last write.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The object at `key`.
    pub fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.objects.get(&key.gr)?.get(&(key.namespace.clone(), key.name.clone()))
    }

    /// The objects of a kind, in one namespace or (with an empty one) in all.
    pub fn list(&self, gr: &GroupResource, namespace: &str) -> Vec<Arc<Value>> {
        let Some(objects) = self.objects.get(gr) else { return Vec::new() };
        if namespace.is_empty() {
            return objects.values().cloned().collect();
        }
        let from = (namespace.to_owned(), String::new());
        objects.range(from..).take_while(|((ns, _), _)| ns == namespace).map(|(_, o)| o.clone()).collect()
    }

    /// Keys of everything in a namespace.
    pub fn in_namespace(&self, namespace: &str) -> Vec<Key> {
        self.objects
            .iter()
            .flat_map(|(gr, objects)| {
                let from = (namespace.to_owned(), String::new());
                objects.range(from..).take_while(|((ns, _), _)| ns == namespace).map(|((ns, name), _)| Key {
                    gr: gr.clone(),
                    namespace: ns.clone(),
                    name: name.clone(),
                })
            })
            .collect()
    }

    /// Keys of the objects whose ownerReferences name this uid.
    pub fn dependents(&self, uid: &str) -> Vec<Key> {
        self.dependents.get(uid).map(|keys| keys.iter().cloned().collect()).unwrap_or_default()
    }

    /// Where the object with this uid is.
    pub fn by_uid(&self, uid: &str) -> Option<&Key> {
        self.uids.get(uid)
    }

    /// Stores `object` at `key` with the next resourceVersion.
    pub fn put(&mut self, key: &Key, mut object: Value) -> Arc<Value> {
        self.version += 1;
        json::set(&mut object, &["metadata", "resourceVersion"], self.version.to_string());
        let object = Arc::new(object);
        let slot = (key.namespace.clone(), key.name.clone());
        let old = self.objects.entry(key.gr.clone()).or_default().insert(slot, object.clone());
        if let Some(old) = &old {
            self.unindex(key, old);
        }
        self.index(key, &object);
        self.record(Change {
            version: self.version,
            key: key.clone(),
            old,
            new: Some(object.clone()),
            object: object.clone(),
        });
        object
    }

    /// Removes the object at `key`; its last state, under the resourceVersion of the deletion.
    pub fn delete(&mut self, key: &Key) -> Option<Arc<Value>> {
        let slot = (key.namespace.clone(), key.name.clone());
        let old = self.objects.get_mut(&key.gr)?.remove(&slot)?;
        self.unindex(key, &old);
        self.version += 1;
        let mut last = Value::clone(&old);
        json::set(&mut last, &["metadata", "resourceVersion"], self.version.to_string());
        let object = Arc::new(last);
        self.record(Change {
            version: self.version,
            key: key.clone(),
            old: Some(old),
            new: None,
            object: object.clone(),
        });
        Some(object)
    }

    /// The changes after `version`, or `None` when they are forgotten already.
    pub fn since(&self, version: u64) -> Option<impl Iterator<Item = &Change>> {
        let first = self.history.front().map_or(self.version + 1, |c| c.version);
        if version + 1 < first {
            return None;
        }
        let skip = usize::try_from(version + 1 - first).unwrap_or(usize::MAX);
        Some(self.history.iter().skip(skip))
    }

    fn record(&mut self, change: Change) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(change);
    }

    fn index(&mut self, key: &Key, object: &Value) {
        self.uids.insert(json::uid(object).to_owned(), key.clone());
        for owner in json::list(object, &["metadata", "ownerReferences"]) {
            self.dependents.entry(json::text(owner, &["uid"]).to_owned()).or_default().insert(key.clone());
        }
    }

    fn unindex(&mut self, key: &Key, object: &Value) {
        self.uids.remove(json::uid(object));
        for owner in json::list(object, &["metadata", "ownerReferences"]) {
            let uid = json::text(owner, &["uid"]);
            if let Some(keys) = self.dependents.get_mut(uid) {
                keys.remove(key);
                if keys.is_empty() {
                    self.dependents.remove(uid);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn history_starts_after_the_given_version() {
        let mut store = Store::default();
        let key = Key::new("", "configmaps", "default", "a");
        store.put(&key, json!({"metadata": {"name": "a", "uid": "1"}}));
        store.put(&key, json!({"metadata": {"name": "a", "uid": "1"}, "data": {}}));
        store.delete(&key);
        let versions: Vec<u64> = store.since(1).unwrap().map(|c| c.version).collect();
        assert_eq!(versions, [2, 3]);
        assert_eq!(store.since(3).unwrap().count(), 0);
        assert!(store.by_uid("1").is_none());
    }
}
