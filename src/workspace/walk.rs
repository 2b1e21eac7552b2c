//! Lists a tree, and removes one.

use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What a tree holds, by paths relative to its root. Folders come before what is in them.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) folders: Vec<PathBuf>,
    pub(super) files: Vec<PathBuf>,
    pub(super) symlinks: Vec<PathBuf>,
    /// Sockets, pipes and devices: not source code, and not copied.
    pub(super) special: Vec<PathBuf>,
}

impl Tree {
    /// Lists everything below `root`; symlinks are not followed.
    pub(super) fn of(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            let path = root.join(&folder);
            let entries = fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
            for entry in entries {
                let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
                let inside = folder.join(entry.file_name());
                let kind = entry.file_type().with_context(|| format!("cannot read {}", inside.display()))?;
                tree.add(inside.clone(), kind);
                if kind.is_dir() {
                    open.push(inside);
                }
            }
        }
        Ok(tree)
    }

    fn add(&mut self, path: PathBuf, kind: FileType) {
        let list = if kind.is_dir() {
            &mut self.folders
        } else if kind.is_symlink() {
            &mut self.symlinks
        } else if kind.is_file() {
            &mut self.files
        } else {
            &mut self.special
        };
        list.push(path);
    }
}

/// Removes a tree, also one with folders that may not be written to; what is gone already is no error.
pub(super) fn remove(path: &Path) -> Result<()> {
    let what = || format!("cannot remove {}", path.display());
    let Some(meta) = there(path).with_context(what)? else { return Ok(()) };
    if !meta.is_dir() {
        return fs::remove_file(path).with_context(what);
    }
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(path).with_context(what)?;
            fs::remove_dir_all(path).with_context(what)
        }
        result => result.with_context(what),
    }
}

pub(super) fn there(path: &Path) -> io::Result<Option<Metadata>> {
    match path.symlink_metadata() {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Lets the owner write to every folder of the tree.
fn open_up(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}
