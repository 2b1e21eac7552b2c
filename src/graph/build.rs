//! From a stack and its documents to the model.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Result;

use super::hooks::{self, HookStep, Wish};
use super::images::Sources;
use super::label::clean;
use super::model::{Edge, Graph, Node, Relation, Sort, State, Unit, VERSION};
use super::references::{Need, Reference, Target};
use super::selector::Selector;
use super::stock::{Found, Key, Object, Stock};
use crate::config::{Slot, Stack};
use crate::manifests::{ManifestSet, UnitKind};
use crate::process::Secrets;

/// What a picture is made from.
pub struct Input<'a> {
    /// The stack.
    pub stack: &'a Stack,
    /// Its namespace.
    pub namespace: &'a str,
    /// The selected documents, as [`crate::manifests::Format::Compact`].
    pub selected: &'a ManifestSet,
    /// The documents that the filters leave out, in the same form.
    pub others: &'a ManifestSet,
    /// What must not be shown.
    pub secrets: &'a Secrets,
}

impl Graph {
    /// Finds everything and what refers to what.
    ///
    /// # Errors
    /// Documents in another form than `Compact`.
    pub fn build(input: &Input) -> Result<Self> {
        let mut stock = Stock::new(input.namespace, input.selected, input.others)?;
        let steps = hooks::steps(input, &stock);
        for step in &steps {
            for wish in &step.wishes {
                if let Wish::Makes(key) = wish {
                    stock.add_made(key.clone(), step.unit);
                }
            }
        }
        let builder = Builder {
            input,
            stock: &stock,
            images: Sources::new(input.stack),
            nodes: Vec::new(),
            at: HashMap::new(),
            edges: Vec::new(),
            seen: HashMap::new(),
            ids: vec![None; stock.objects.len()],
        };
        Ok(builder.run(&steps))
    }
}

/// A unit of the model.
pub(super) fn unit(kind: UnitKind, name: &str, selected: bool) -> Unit {
    let name = clean(name);
    Unit { id: format!("{}/{name}", kind.as_str()), name, kind: kind.as_str(), selected }
}

struct Builder<'a> {
    input: &'a Input<'a>,
    stock: &'a Stock<'a>,
    images: Sources,
    nodes: Vec<Node>,
    /// id → position in `nodes`.
    at: HashMap<String, usize>,
    edges: Vec<Edge>,
    seen: HashMap<(String, String, Relation), usize>,
    /// Ids of the nodes of declared objects.
    ids: Vec<Option<String>>,
}

impl Builder<'_> {
    fn run(mut self, steps: &[HookStep]) -> Graph {
        let selected = |step: &&HookStep| step.unit.is_none_or(|unit| self.stock.units[unit].selected);
        let steps: Vec<&HookStep> = steps.iter().filter(selected).collect();
        self.hook_nodes(steps.iter().filter(|step| step.unit.is_none()));
        for unit in (0..self.stock.units.len()).filter(|unit| self.stock.units[*unit].selected) {
            for at in 0..self.stock.objects.len() {
                if self.stock.objects[at].unit == unit {
                    self.object(at);
                }
            }
            self.hook_nodes(steps.iter().filter(|step| step.unit == Some(unit)));
        }
        for (at, object) in self.stock.objects.iter().enumerate() {
            if self.stock.units[object.unit].selected {
                let from = self.object(at);
                for reference in &object.references {
                    self.reference(&from, object, reference);
                }
            }
        }
        for step in steps {
            self.hook_edges(step);
        }
        self.finish()
    }

    fn finish(mut self) -> Graph {
        let states: HashMap<&str, State> =
            self.nodes.iter().map(|node| (node.id.as_str(), node.state)).collect();
        for edge in &mut self.edges {
            edge.dangling = !edge.optional && states.get(edge.to.as_str()) == Some(&State::Missing);
        }
        let used: HashSet<&str> = self.nodes.iter().filter_map(|node| node.unit.as_deref()).collect();
        let mut units = self.stock.units.clone();
        units.retain(|unit| unit.selected || used.contains(unit.id.as_str()));
        let stack = self.input.stack;
        Graph {
            version: VERSION,
            project: clean(&stack.project),
            environment: clean(stack.environment.name.as_str()),
            slot: stack.target().slot.map(Slot::number),
            namespace: self.input.namespace.to_string(),
            units,
            nodes: self.nodes,
            edges: self.edges,
        }
    }

    fn hook_nodes<'s>(&mut self, steps: impl Iterator<Item = &'s &'s HookStep>) {
        for step in steps {
            self.add(Node {
                unit: step.unit.map(|unit| self.stock.units[unit].id.clone()),
                hook: Some(step.facts.clone()),
                ..node(Sort::Hook, step.id.clone(), &self.input.secrets.mask(&step.label))
            });
        }
    }

    fn hook_edges(&mut self, step: &HookStep) {
        for wish in &step.wishes {
            match wish {
                // A Secret that nothing reads is no part of the picture.
                Wish::Makes(key) => {
                    let id = clean(&key.id());
                    if self.at.contains_key(&id) {
                        self.edge(&step.id, &id, Relation::Makes, false);
                    }
                }
                Wish::WaitsFor { object: Some(at), .. } => {
                    let to = self.object(*at);
                    self.edge(&step.id, &to, Relation::WaitsFor, false);
                }
                Wish::WaitsFor { key: Some(key), .. } => {
                    let to = self.found(self.stock.find(key.clone(), false));
                    self.edge(&step.id, &to, Relation::WaitsFor, false);
                }
                Wish::WaitsFor { .. } => {}
            }
        }
    }

    fn reference(&mut self, from: &str, object: &Object, reference: &Reference) {
        let Reference { relation, target, need } = reference;
        let optional = *need == Need::Optional;
        let to = match target {
            Target::Image(image) => self.image(image),
            Target::Host(host) => self.add(node(Sort::Host, format!("host/{}", clean(host)), host)),
            Target::Pods(selector) => return self.pods(from, object, selector, *need),
            Target::Object { .. } => {
                let Some(key) = self.stock.key_of(object, reference) else { return };
                let found = self.stock.find(key, optional);
                if *need == Need::Soft && found.object.is_none() {
                    return;
                }
                self.found(found)
            }
        };
        self.edge(from, &to, *relation, optional);
    }

    fn pods(&mut self, from: &str, object: &Object, selector: &Selector, need: Need) {
        let namespace = object.key.namespace.as_deref();
        let matching = self.stock.pods(selector, namespace);
        for at in &matching {
            let to = self.object(*at);
            self.edge(from, &to, Relation::Selects, false);
        }
        if matching.is_empty() && need == Need::Must {
            let name = if selector.is_empty() { "any".into() } else { selector.to_string() };
            let key = Key::new("", "Pods", namespace.unwrap_or(self.input.namespace), &name);
            let to = self.found(self.stock.find(key, false));
            self.edge(from, &to, Relation::Selects, false);
        }
    }

    fn image(&mut self, image: &str) -> String {
        let source = self.images.of(image);
        self.add(Node { source, ..node(Sort::Image, format!("image/{}", clean(image)), image) })
    }

    /// The node of a declared object, made on first use where its unit is outside the selection.
    fn object(&mut self, at: usize) -> String {
        if let Some(id) = &self.ids[at] {
            return id.clone();
        }
        let object = &self.stock.objects[at];
        let unit = &self.stock.units[object.unit];
        // A resource that is declared twice is in the picture twice.
        let first = clean(&object.key.id());
        let mut id = first.clone();
        for number in 2.. {
            if !self.at.contains_key(&id) {
                break;
            }
            id = format!("{first}#{number}");
        }
        self.ids[at] = Some(id.clone());
        self.add(Node {
            unit: Some(unit.id.clone()),
            state: if unit.selected { State::Declared } else { State::Outside },
            kind: Some(clean(&object.key.kind)),
            api_version: Some(clean(&object.document.id.api_version)),
            namespace: object.key.namespace.as_deref().map(clean),
            file: Some(clean(&in_project(self.input.stack.root(), &object.document.origin.file))),
            ..node(Sort::Resource, id, &object.key.name)
        })
    }

    /// The node a reference leads to.
    fn found(&mut self, found: Found) -> String {
        if let Some(at) = found.object {
            return self.object(at);
        }
        let Found { state, unit, key, .. } = found;
        let id = clean(&key.id());
        if let Some(node) = self.at.get(&id).map(|at| &mut self.nodes[*at]) {
            // One reference that needs it is enough.
            node.state = node.state.max(state);
            return id;
        }
        self.add(Node {
            unit: unit.map(|unit| self.stock.units[unit].id.clone()),
            state,
            kind: Some(clean(&key.kind)),
            namespace: key.namespace.as_deref().map(clean),
            ..node(Sort::Resource, id, &key.name)
        })
    }

    fn add(&mut self, node: Node) -> String {
        let id = node.id.clone();
        if !self.at.contains_key(&id) {
            self.at.insert(id.clone(), self.nodes.len());
            self.nodes.push(node);
        }
        id
    }

    fn edge(&mut self, from: &str, to: &str, relation: Relation, optional: bool) {
        let key = (from.to_string(), to.to_string(), relation);
        if let Some(at) = self.seen.get(&key) {
            self.edges[*at].optional &= optional;
            return;
        }
        self.seen.insert(key, self.edges.len());
        self.edges.push(Edge { from: from.into(), to: to.into(), relation, optional, dangling: false });
    }
}

/// A manifest's path from the project's folder, wherever codexctl runs: a picture says nothing of the machine.
fn in_project(root: &Path, file: &str) -> String {
    let below = |path: &Path| path.strip_prefix(root).map(|path| path.display().to_string()).ok();
    let here = std::env::current_dir().unwrap_or_default();
    below(&here.join(file)).unwrap_or_else(|| file.to_string())
}

fn node(sort: Sort, id: String, name: &str) -> Node {
    Node {
        id,
        sort,
        name: clean(name),
        unit: None,
        state: State::Declared,
        kind: None,
        api_version: None,
        namespace: None,
        file: None,
        source: None,
        hook: None,
    }
}
