//! A mapping that keeps the order of its keys. Not a hash map: Kubernetes objects have few keys, and order is output.

use super::{Mark, Node};

/// One `key: value` of a [`Map`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, as text: YAML's other scalar keys are turned into what kubectl's JSON conversion makes of them.
    pub key: String,
    /// Where the key stands.
    pub key_mark: Mark,
    /// The value.
    pub node: Node,
}

/// Keys and values in source order; each key once.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<Entry>,
}

impl Map {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Map::default()
    }

    /// Entries whose keys the caller knows to be unique.
    pub(super) fn from_entries(entries: Vec<Entry>) -> Self {
        Map { entries }
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value of a key, for changing it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
    }

    /// Where a key stands.
    #[must_use]
    pub fn key_mark(&self, key: &str) -> Option<Mark> {
        self.entry(key).map(|entry| entry.key_mark)
    }

    /// Whether it has the key.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Sets a key: in its place when it is there (the old value is given back), else at the end.
    pub fn insert(&mut self, key: impl Into<String>, node: Node) -> Option<Node> {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, node));
        }
        self.entries.push(Entry { key, key_mark: Mark::default(), node });
        None
    }

    /// Sets a key as [`Map::insert`] does, but a new one becomes the first.
    pub fn insert_first(&mut self, key: impl Into<String>, node: Node) -> Option<Node> {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, node));
        }
        self.entries.insert(0, Entry { key, key_mark: Mark::default(), node });
        None
    }

    /// Sets a key as [`Map::insert`] does, but a new one stands right behind `after` (at the front without that key).
    pub fn insert_after(&mut self, after: &str, key: impl Into<String>, node: Node) {
        let key = key.into();
        self.remove(&key);
        let at = self.entries.iter().position(|entry| entry.key == after).map_or(0, |at| at + 1);
        self.entries.insert(at, Entry { key, key_mark: Mark::default(), node });
    }

    /// The value of a key, which is put there first (at the end) when the key is missing.
    pub fn get_or_insert_with(&mut self, key: &str, make: impl FnOnce() -> Node) -> &mut Node {
        let index = self.entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            self.entries.push(Entry { key: key.to_owned(), key_mark: Mark::default(), node: make() });
            self.entries.len() - 1
        });
        &mut self.entries[index].node
    }

    /// Takes a key out; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index).node)
    }

    /// Keeps the entries for which `keep` says yes.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        self.entries.retain_mut(|entry| keep(&entry.key, &mut entry.node));
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Node)> + ExactSizeIterator {
        self.entries.iter().map(|entry| (entry.key.as_str(), &entry.node))
    }

    /// Keys and values, in order, for changing the values.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&str, &mut Node)> + ExactSizeIterator {
        self.entries.iter_mut().map(|entry| (entry.key.as_str(), &mut entry.node))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.entries.iter().map(|entry| entry.key.as_str())
    }

    /// The values, in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Node> + ExactSizeIterator {
        self.entries.iter().map(|entry| &entry.node)
    }

    /// The entries with the places of their keys, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries themselves.
    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

/// Equal keys and values in the same order; places are not compared.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Later values of a key replace earlier ones.
impl<K: Into<String>> FromIterator<(K, Node)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Node)>>(pairs: I) -> Self {
        let mut map = Map::new();
        for (key, node) in pairs {
            map.insert(key, node);
        }
        map
    }
}
