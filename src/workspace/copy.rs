//! The own copy of a tree, for machines without rsync: what `rsync -rlpt` makes, file by file, side by side.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};

use super::walk::Tree;

/// Copies `tree`, which was listed below `from`, to the empty folder `to`; `done` is told of each file.
pub(super) fn copy(tree: &Tree, from: &Path, to: &Path, done: impl Fn() + Sync) -> Result<()> {
    for folder in &tree.folders {
        let path = to.join(folder);
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
    }
    tree.files.par_iter().try_for_each(|file| {
        let result = copy_file(&from.join(file), &to.join(file));
        done();
        result.with_context(|| format!("cannot copy {}", file.display()))
    })?;
    for link in &tree.symlinks {
        copy_link(&from.join(link), &to.join(link))
            .with_context(|| format!("cannot copy the symlink {}", link.display()))?;
        done();
    }
    // Last, and the deepest first: a folder's time changes with what is put into it, and it may be read-only.
    for folder in tree.folders.iter().rev().chain([&PathBuf::new()]) {
        finish_folder(&from.join(folder), &to.join(folder))
            .with_context(|| format!("cannot set mode and time of {}", folder.display()))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    let meta = from.symlink_metadata()?;
    // `copy` lets the kernel copy or share the blocks, and sets the mode.
    fs::copy(from, to)?;
    let times = FileTimes::new().set_modified(meta.modified()?);
    match File::open(to).and_then(|file| file.set_times(times)) {
        Ok(()) => Ok(()),
        // A file that nobody may read cannot be opened, but its time can be set by name.
        Err(_) => set_time(to, &meta),
    }
}

fn copy_link(from: &Path, to: &Path) -> std::io::Result<()> {
    symlink(fs::read_link(from)?, to)?;
    set_time(to, &from.symlink_metadata()?)
}

/// Gives a folder the mode and time of another.
pub(super) fn finish_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    let meta = from.symlink_metadata()?;
    set_time(to, &meta)?;
    fs::set_permissions(to, fs::Permissions::from_mode(meta.mode() & 0o7777))
}

fn set_time(path: &Path, meta: &fs::Metadata) -> std::io::Result<()> {
    let time = Timespec { tv_sec: meta.mtime(), tv_nsec: meta.mtime_nsec() };
    let times = Timestamps { last_access: time, last_modification: time };
    Ok(utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}
