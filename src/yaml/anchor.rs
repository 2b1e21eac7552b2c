//! Anchored values and their repetition by aliases, within a budget.
//!
//! An alias is a copy. Nine lines of aliases of aliases can stand for billions of values ("billion laughs"), so all
//! copies of a text draw on one budget.

use std::collections::HashMap;

use super::{Node, Value};

/// What all aliases of one text may copy: values, where 32 bytes of text count as one more. Real manifests repeat
/// some dozens; the budget keeps the worst case below some hundred megabytes.
const BUDGET: usize = 1_000_000;

/// The anchors of the document being read.
pub(super) struct Anchors {
    defined: HashMap<usize, (Node, usize)>,
    open: Vec<usize>,
    budget: usize,
}

impl Default for Anchors {
    fn default() -> Self {
        Anchors { defined: HashMap::new(), open: Vec::new(), budget: BUDGET }
    }
}

impl Anchors {
    /// Forgets the anchors, at the start of a document. The budget is the text's, and stays.
    pub(super) fn clear(&mut self) {
        self.defined.clear();
        self.open.clear();
    }

    /// A list or map with this anchor begins (0: it has none).
    pub(super) fn open(&mut self, id: usize) {
        if id > 0 {
            self.open.push(id);
        }
    }

    /// Whether the value with this anchor is still being read.
    pub(super) fn is_open(&self, id: usize) -> bool {
        self.open.contains(&id)
    }

    /// Whether the document has defined this anchor.
    pub(super) fn is_defined(&self, id: usize) -> bool {
        self.defined.contains_key(&id)
    }

    /// Keeps the anchored value; false when the budget does not allow it.
    pub(super) fn define(&mut self, id: usize, node: &Node) -> bool {
        self.open.retain(|open| *open != id);
        let weight = weight(node);
        let affordable = self.spend(weight);
        if affordable {
            self.defined.insert(id, (node.clone(), weight));
        }
        affordable
    }

    /// A copy of an anchored value; none when it is unknown or the budget is used up.
    pub(super) fn repeat(&mut self, id: usize) -> Option<Node> {
        let weight = self.defined.get(&id)?.1;
        if !self.spend(weight) {
            return None;
        }
        self.defined.get(&id).map(|(node, _)| node.clone())
    }

    fn spend(&mut self, weight: usize) -> bool {
        let left = self.budget.checked_sub(weight);
        self.budget = left.unwrap_or(0);
        left.is_some()
    }
}

fn weight(node: &Node) -> usize {
    1 + match &node.value {
        Value::String(text) => text.len() / 32,
        Value::List(items) => items.iter().map(weight).sum(),
        Value::Map(map) => map.iter().map(|(key, node)| 1 + key.len() / 32 + weight(node)).sum(),
        _ => 0,
    }
}
