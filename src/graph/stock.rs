//! What references can find: every object of the stack, in the selection or not, and what is made while applying.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::known::{self, current_group};
use super::model::{State, Unit};
use super::references::{self, Need, Reference, Target};
use crate::manifests::{Document, ManifestSet, UnitKind, is_cluster_scoped};

/// An object's place in a cluster: group, kind, namespace, name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

impl Key {
    /// `group` may be one of an old API; `namespace` counts only for kinds that have one.
    pub(super) fn new(group: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            group: current_group(group, kind).to_string(),
            kind: kind.to_string(),
            namespace: (!is_cluster_scoped(kind)).then(|| namespace.to_string()),
            name: name.to_string(),
        }
    }

    /// The node's id: `Deployment.apps/shop-dev/api`, `ClusterRole.rbac.authorization.k8s.io/api`.
    pub(super) fn id(&self) -> String {
        let dot = if self.group.is_empty() { "" } else { "." };
        let namespace = self.namespace.as_ref().map(|namespace| format!("/{namespace}")).unwrap_or_default();
        format!("{}{dot}{}{namespace}/{}", self.kind, self.group, self.name)
    }
}

/// A declared object.
pub(super) struct Object<'a> {
    pub(super) document: &'a Document,
    pub(super) key: Key,
    /// Position in [`Stock::units`].
    pub(super) unit: usize,
    pub(super) references: Vec<Reference>,
    /// The labels of the pods it makes.
    pods: Option<Value>,
}

/// Everything there is.
pub(super) struct Stock<'a> {
    pub(super) units: Vec<Unit>,
    pub(super) objects: Vec<Object<'a>>,
    at: HashMap<Key, usize>,
    /// What is made while applying, and by the unit at which position (`None`: the stack itself).
    made: HashMap<Key, Option<usize>>,
    namespaces: HashSet<String>,
    namespace: String,
}

/// Where a reference leads.
pub(super) struct Found {
    pub(super) state: State,
    /// The object, where it is a declared one.
    pub(super) object: Option<usize>,
    /// The unit that makes it.
    pub(super) unit: Option<usize>,
    pub(super) key: Key,
}

impl<'a> Stock<'a> {
    /// Takes stock of the selected units and of the others.
    ///
    /// # Errors
    /// A document that is not the JSON it was written as.
    pub(super) fn new(namespace: &str, selected: &'a ManifestSet, others: &'a ManifestSet) -> Result<Self> {
        let mut stock = Self {
            units: Vec::new(),
            objects: Vec::new(),
            at: HashMap::new(),
            made: HashMap::new(),
            namespaces: HashSet::from([namespace.to_string()]),
            namespace: namespace.to_string(),
        };
        for (set, chosen) in [(selected, true), (others, false)] {
            for unit in &set.units {
                let at = stock.units.len();
                stock.units.push(super::build::unit(unit.kind, &unit.name, chosen));
                for document in &unit.documents {
                    stock.take(document, at)?;
                }
            }
        }
        stock.collect_makers();
        Ok(stock)
    }

    fn take(&mut self, document: &'a Document, unit: usize) -> Result<()> {
        let value: Value = serde_json::from_str(&document.text)
            .with_context(|| format!("{}: {} is no JSON", document.origin, document.id))?;
        let id = &document.id;
        let namespace = id.namespace.as_deref().unwrap_or(&self.namespace);
        let key = Key::new(id.group(), &id.kind, namespace, &id.name);
        self.namespaces.extend(key.namespace.clone());
        self.at.entry(key.clone()).or_insert(self.objects.len());
        self.objects.push(Object {
            document,
            unit,
            references: references::references(id.group(), &id.kind, &value),
            pods: references::pod_labels(id.group(), &id.kind, &value).cloned(),
            key,
        });
        Ok(())
    }

    fn collect_makers(&mut self) {
        let mut made = Vec::new();
        for object in &self.objects {
            for reference in object.references.iter().filter(|reference| reference.need == Need::Makes) {
                made.extend(self.key_of(object, reference).map(|key| (key, Some(object.unit))));
            }
        }
        for (key, unit) in made {
            self.made.entry(key).or_insert(unit);
        }
    }

    /// Says that a Secret is made by a hook of this unit, or of the stack.
    pub(super) fn add_made(&mut self, key: Key, unit: Option<usize>) {
        self.made.entry(key).or_insert(unit);
    }

    /// The key of what an object refers to, where that is an object.
    pub(super) fn key_of(&self, object: &Object, reference: &Reference) -> Option<Key> {
        let Target::Object { group, kind, namespace, name } = &reference.target else { return None };
        let own = object.key.namespace.as_deref().unwrap_or(&self.namespace);
        Some(Key::new(group, kind, namespace.as_deref().unwrap_or(own), name))
    }

    /// Where a reference by name leads; `optional` says what to call one that leads nowhere.
    pub(super) fn find(&self, key: Key, optional: bool) -> Found {
        if let Some(at) = self.at.get(&key) {
            let unit = self.objects[*at].unit;
            return Found { state: self.state_of(Some(unit)), object: Some(*at), unit: Some(unit), key };
        }
        if let Some((made, unit)) = self.maker(&key) {
            let state = if self.is_selected(unit) { State::Made } else { State::Outside };
            return Found { state, object: None, unit, key: made };
        }
        let foreign = key.namespace.as_ref().is_some_and(|namespace| !self.namespaces.contains(namespace));
        let state = match () {
            () if foreign || known::in_every_cluster(&key.kind, key.namespace.as_deref(), &key.name) => {
                State::Cluster
            }
            () if optional => State::Optional,
            () => State::Missing,
        };
        Found { state, object: None, unit: None, key }
    }

    /// Who makes it; a claim template makes one claim per pod, named by number.
    fn maker(&self, key: &Key) -> Option<(Key, Option<usize>)> {
        if let Some(unit) = self.made.get(key) {
            return Some((key.clone(), *unit));
        }
        let (start, number) = key.name.rsplit_once('-')?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let template = Key { name: format!("{start}-*"), ..key.clone() };
        self.made.get(&template).map(|unit| (template, *unit))
    }

    fn is_selected(&self, unit: Option<usize>) -> bool {
        unit.is_none_or(|unit| self.units[unit].selected)
    }

    fn state_of(&self, unit: Option<usize>) -> State {
        if self.is_selected(unit) { State::Declared } else { State::Outside }
    }

    /// The workloads whose pods a selector of this namespace means.
    pub(super) fn pods(&self, selector: &super::selector::Selector, namespace: Option<&str>) -> Vec<usize> {
        let matches = |object: &Object| {
            object.key.namespace.as_deref() == namespace
                && object.pods.as_ref().is_some_and(|labels| selector.matches(labels))
        };
        (0..self.objects.len()).filter(|at| matches(&self.objects[*at])).collect()
    }

    /// The object a `kubectl.wait` hook waits for.
    pub(super) fn waited_for(&self, kind: &str, name: &str, namespace: &str) -> Option<usize> {
        let matches = |object: &Object| {
            let key = &object.key;
            key.name == name
                && key.namespace.as_deref().is_none_or(|own| own == namespace)
                && known::names_kind(kind, &key.kind)
        };
        self.objects.iter().position(matches)
    }

    /// The position of a unit.
    pub(super) fn unit_at(&self, kind: UnitKind, name: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit.kind == kind.as_str() && unit.name == name)
    }
}
