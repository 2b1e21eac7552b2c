//! The cluster-scoped objects of one slot: a namespace does not take them along when it goes.

use std::collections::HashSet;

use crate::manifests::{Document, ManifestSet, ResourceId, is_cluster_scoped};

/// The cluster-scoped documents of a slot that its neighbours do not have as well: a StorageClass or CRD that all
/// slots declare under one name is not the slot's. Namespaces are left out: which of them may go is decided elsewhere.
pub fn own_objects<'a>(slot: &'a ManifestSet, neighbours: &[ManifestSet]) -> Vec<&'a Document> {
    let shared: HashSet<&ResourceId> =
        neighbours.iter().flat_map(ManifestSet::documents).map(|document| &document.id).collect();
    let own = |document: &&Document| {
        is_cluster_scoped(&document.id.kind)
            && document.id.kind != "Namespace"
            && !document.id.name.ends_with('*')
            && !shared.contains(&document.id)
    };
    slot.documents().rev().filter(own).collect()
}
