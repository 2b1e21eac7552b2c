//! Merge keys: `<<: *defaults` and `<<: [*a, *b]`, as in YAML 1.1's merge type.

use std::collections::HashSet;

use super::map::Entry;
use super::{Node, Value};

/// What a merge key takes.
pub(super) const HINT: &str =
    "`<<` takes a map, an alias of a map, or a list of those; quote it to use it as a key";

/// Puts the keys of the merged value where `<<` stood, except those that are set explicitly.
///
/// In a list of maps the earlier map wins. The order is that of the source: defaults first when `<<` comes first.
pub(super) fn into(entries: &mut Vec<Entry>, at: usize, merged: Node) -> Result<(), &'static str> {
    let mut taken: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let mut added: Vec<Entry> = Vec::new();
    let sources = match merged.value {
        Value::List(items) => items,
        _ => vec![merged],
    };
    for source in sources {
        let Value::Map(map) = source.value else { return Err("`<<` merges maps only") };
        added.extend(map.into_entries().into_iter().filter(|entry| taken.insert(entry.key.clone())));
    }
    entries.splice(at..at, added);
    Ok(())
}
