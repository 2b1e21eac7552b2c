//! Where files come from and go to, checked before anything is touched.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::config::Slot;
use crate::error::Fault;

/// A checked pair of folders.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder to copy, absolute, without symlinks.
    pub source: PathBuf,
    /// `DIR/<slot>`, where staged copies lie beside the target; it exists.
    pub parent: PathBuf,
    /// `DIR/<slot>/src`.
    pub target: PathBuf,
}

impl Place {
    /// Checks source and base, and makes `BASE/<slot>`.
    ///
    /// # Errors
    /// A source that is no folder; a target that is `/`, the home folder or a symlink, or that overlaps the source.
    pub fn new(source: &Path, base: &Path, slot: Slot) -> Result<Self> {
        let source = source
            .canonicalize()
            .map_err(|error| Fault::invalid(format!("--source {}: {error}", source.display())))?;
        if !source.is_dir() {
            return Err(Fault::invalid(format!("--source {} is not a folder", source.display())).into());
        }
        if base.as_os_str().is_empty() {
            return Err(Fault::invalid("--code-root-base is empty").into());
        }
        let base = std::path::absolute(base)
            .with_context(|| format!("cannot resolve --code-root-base {}", base.display()))?;
        let base = resolved(&base);
        let home = dirs::home_dir().map(|home| resolved(&home));
        let parent = base.join(slot.to_string());
        let target = parent.join("src");
        for (path, what) in
            [(&base, "--code-root-base"), (&parent, "the slot's folder"), (&target, "the target")]
        {
            if path.parent().is_none() {
                return Err(refused(path, &format!("{what} is the root of the file system")));
            }
            if home.as_ref() == Some(path) {
                return Err(refused(path, &format!("{what} is the home folder")));
            }
        }
        if home.is_some_and(|home| home.starts_with(&parent)) {
            return Err(refused(&target, "the home folder lies beside it or in it"));
        }
        for path in [&parent, &target] {
            if path.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
                return Err(refused(path, "it is a symlink to somewhere else"));
            }
            if path.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
                return Err(refused(path, "it is not a folder"));
            }
        }
        // The staged copy lies in the slot's folder, so that one counts too.
        if source.starts_with(&parent) || parent.starts_with(&source) {
            return Err(refused(&target, &format!("it overlaps the source {}", source.display())));
        }
        std::fs::create_dir_all(&parent).with_context(|| format!("cannot make {}", parent.display()))?;
        Ok(Self { source, parent, target })
    }
}

/// The absolute path without symlinks and `..`: what exists is followed, and what does not is plain text, so that a `..`
/// behind a missing folder leads nowhere unseen.
fn resolved(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(real.pop()),
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                real.push(part);
                if let Ok(followed) = real.canonicalize() {
                    real = followed;
                }
            }
        }
    }
    real
}

fn refused(path: &Path, why: &str) -> anyhow::Error {
    Fault::invalid(format!("{} is not written to: {why}", path.display()))
        .hint("name another folder with --code-root-base")
        .into()
}
