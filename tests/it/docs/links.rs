//! Every relative link of every Markdown file leads to a file of the repository, and to a heading in it.

use std::path::{Component, Path, PathBuf};

use super::markdown::{anchors, links};
use super::{ROOT, markdown_files, read};

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for file in markdown_files() {
        let text = read(&file);
        for (line, target) in links(&text) {
            // The repository is complete by itself: nothing else is asked.
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            if let Some(why) = broken(&file, &target) {
                wrong.push(format!("{file}:{line}: {target}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "only {checked} links were looked at");
}

fn broken(file: &str, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let there = if path.is_empty() { file.to_string() } else { beside(file, path) };
    let whole = Path::new(ROOT).join(&there);
    if !whole.exists() {
        return Some(format!("no {there}"));
    }
    let anchor = anchor?;
    let known = anchors(&read(&there));
    (!known.iter().any(|one| one == anchor))
        .then(|| format!("no such heading; there are {}", known.join(", ")))
}

/// A path that is relative to a file, as one that is relative to the repository.
fn beside(file: &str, path: &str) -> String {
    let mut whole = PathBuf::from(file);
    whole.pop();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => _ = whole.pop(),
            part => whole.push(part),
        }
    }
    whole.to_str().unwrap().to_string()
}

/// Pages that nobody links to are not found by readers.
#[test]
fn every_page_is_linked_from_the_index() {
    let index = read("docs/README.md") + &read("README.md");
    for file in markdown_files() {
        let Some(name) =
            file.strip_prefix("docs/").filter(|name| !name.contains('/') && *name != "README.md")
        else {
            continue;
        };
        assert!(index.contains(&format!("({name})")), "docs/README.md does not link to {name}");
    }
}
