//! `sync-code`: the source is copied beside the target, whole, and only then takes its place.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use rustix::fs::{FlockOperation, flock};

use super::copy::{copy, finish_folder};
use super::place::Place;
use super::swap::swap;
use super::walk::{Tree, remove};
use crate::error::Fault;
use crate::output;
use crate::process::Runner;
use crate::tools::rsync;

/// Who copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// rsync.
    Rsync,
    /// codexctl itself.
    Own,
}

impl Method {
    /// rsync where it is installed.
    pub fn best() -> Self {
        if which::which("rsync").is_ok() { Self::Rsync } else { Self::Own }
    }

    /// The name, for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsync => "rsync",
            Self::Own => "copy",
        }
    }
}

/// What was copied.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Files and symlinks.
    pub files: usize,
    /// Folders.
    pub folders: usize,
}

/// Makes the target a copy of the source. Folders of earlier runs that were killed are removed.
///
/// # Errors
/// Another run works on this slot; files that cannot be read or written. The target is as it was then.
pub fn sync(runner: &Runner, place: &Place, method: Method) -> Result<Report> {
    let _lock = lock(&place.parent)?;
    clear(&place.parent)?;
    let tree = Tree::of(&place.source)?;
    for path in &tree.special {
        tracing::warn!("not copied, neither file, folder nor symlink: {}", path.display());
    }
    // A name of its own: the rsync of a run that was killed may still write to its folder.
    let staged = tempfile::Builder::new().prefix(STAGED).tempdir_in(&place.parent);
    let staged = staged.with_context(|| format!("cannot make a folder in {}", place.parent.display()))?;
    let total = tree.files.len() + tree.symlinks.len();
    let bar = progress(total, method);
    match method {
        Method::Rsync => rsync::copy(runner, &place.source, staged.path())?,
        Method::Own => copy(&tree, &place.source, staged.path(), || bar.inc(1))?,
    }
    bar.finish_and_clear();
    if crate::process::interrupted().is_some() {
        return Err(Fault::failed("interrupted").into());
    }
    swap(staged.path(), &place.target)?;
    finish_folder(&place.source, &place.target)
        .with_context(|| format!("cannot set mode and time of {}", place.target.display()))?;
    remove(staged.path())?;
    Ok(Report { files: total, folders: tree.folders.len() })
}

/// Where the new tree grows, and where the old one ends, beside the target.
const STAGED: &str = ".src-codexctl-";
/// Held for as long as a run works in the slot's folder; the kernel lets go of it when the run ends in any way.
const LOCK: &str = ".src-lock";

fn lock(parent: &Path) -> Result<File> {
    let path = parent.join(LOCK);
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            Err(Fault::failed(format!("another sync-code works in {}", parent.display()))
                .hint("wait until it is done")
                .into())
        }
        Err(error) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

/// Removes what killed runs have left.
fn clear(parent: &Path) -> Result<()> {
    let what = || format!("cannot read {}", parent.display());
    for entry in fs::read_dir(parent).with_context(what)? {
        let entry = entry.with_context(what)?;
        if entry.file_name().as_encoded_bytes().starts_with(STAGED.as_bytes())
            && let Err(error) = remove(&entry.path())
        {
            tracing::warn!("{error:#}");
        }
    }
    Ok(())
}

/// A bar on a terminal; nothing elsewhere. How far rsync is, it alone knows.
fn progress(total: usize, method: Method) -> ProgressBar {
    if !output::fancy_stderr() {
        return ProgressBar::hidden();
    }
    if method == Method::Rsync {
        let bar = ProgressBar::new_spinner().with_message(format!("rsync copies {total} files"));
        bar.enable_steady_tick(Duration::from_millis(120));
        return bar;
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX)).with_style(style)
}
