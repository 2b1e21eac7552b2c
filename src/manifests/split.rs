//! File names for `render --split`: one file per unit and resource.

use std::collections::HashSet;
use std::path::PathBuf;

use super::{Document, Format, ManifestSet};

/// (relative path, document) of every document: `services/api/deployment-api.yaml`. Two resources that would share
/// a file are told apart by namespace, then by number.
pub fn split_files(set: &ManifestSet, format: Format) -> Vec<(PathBuf, &Document)> {
    let extension = if format == Format::Yaml { "yaml" } else { "json" };
    let mut taken = HashSet::new();
    let mut files = Vec::new();
    for unit in &set.units {
        let dir = PathBuf::from(unit.kind.as_str()).join(&unit.name);
        for document in &unit.documents {
            let id = &document.id;
            let short = format!("{}-{}", safe(&id.kind.to_lowercase()), safe(&id.name));
            let long = match &id.namespace {
                Some(namespace) => format!("{short}-{}", safe(namespace)),
                None => format!("{short}-{}", safe(id.group())),
            };
            let names =
                [short, long.clone()].into_iter().chain((2..).map(|number| format!("{long}-{number}")));
            let mut paths = names.map(|name| dir.join(format!("{name}.{extension}")));
            if let Some(path) = paths.find(|path| !taken.contains(path)) {
                taken.insert(path.clone());
                files.push((path, document));
            }
        }
    }
    files
}

/// Resource names may hold `:` and other characters that file systems do not like (`system:node`).
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
