//! The pages are true: command pages are what `--help` says, links lead somewhere, flags exist, and every message has
//! its way out in docs/troubleshooting.md. What the pages' blocks do is played in `readme`.

mod commands;
mod flags;
mod help;
mod links;
mod literals;
mod markdown;
mod messages;

use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// All Markdown files of the repository, by their path in it.
fn markdown_files() -> Vec<String> {
    let mut found = Vec::new();
    collect(Path::new(ROOT), "md", &mut found);
    let mut names: Vec<String> = found.iter().map(|path| relative(path)).collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// All files with this extension below a folder, but for what is built, fetched or hidden.
fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let other = ["target", "dist", "node_modules"].contains(&name.as_str());
            if name == ".github" || !(other || name.starts_with('.')) {
                collect(&path, extension, found);
            }
        } else if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_string()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap()
}
