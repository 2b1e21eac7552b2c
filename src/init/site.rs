//! The folder of a new project: all files are put there, or none.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::{NamedTempFile, TempPath};

use super::WORKFLOW;
use super::files::Planned;
use crate::error::Fault;
use crate::process::{interrupted, watch_signals};

/// A folder, there or to be made.
#[derive(Clone, Debug)]
pub struct Site {
    /// As it was named, for messages.
    shown: PathBuf,
    /// Absolute, without symlinks as far as it is there.
    folder: PathBuf,
}

impl Site {
    /// Looks at a folder; nothing is made yet.
    ///
    /// # Errors
    /// It is there and is no folder, or cannot be looked at.
    pub fn at(path: &Path) -> Result<Self> {
        // As users write it: services.yaml, not ./services.yaml.
        let shown = if path == Path::new(".") { PathBuf::new() } else { path.to_path_buf() };
        let what = || format!("cannot resolve {}", path.display());
        let folder = match path.canonicalize() {
            Ok(folder) if folder.is_dir() => folder,
            Ok(_) => return Err(Fault::invalid(format!("{} is not a folder", path.display())).into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::path::absolute(path).with_context(what)?
            }
            Err(error) => return Err(error).with_context(what),
        };
        Ok(Self { shown, folder })
    }

    /// The folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path below the folder, for messages.
    pub fn shown(&self, path: &str) -> String {
        self.shown.join(path).display().to_string()
    }

    /// Those of these paths that are there already, even as a dangling symlink.
    pub fn existing<'a>(&self, files: &'a [Planned]) -> Vec<&'a str> {
        let there = |file: &&Planned| self.folder.join(&file.path).symlink_metadata().is_ok();
        files.iter().filter(there).map(|file| file.path.as_str()).collect()
    }

    /// Refuses files that are there.
    ///
    /// # Errors
    /// Some are; all of them are named.
    pub fn refuse_existing(&self, files: &[Planned]) -> Result<(), Fault> {
        let existing = self.existing(files);
        if existing.is_empty() {
            return Ok(());
        }
        let verb = if existing.len() == 1 { "exists" } else { "exist" };
        let list: Vec<String> = existing.iter().map(|path| self.shown(path)).collect();
        let hint = match existing[..] {
            [WORKFLOW] => "keep it with --no-workflow, or overwrite it with --force",
            _ => "choose another folder, or overwrite these files with --force",
        };
        Err(Fault::failed(format!("{} {verb} already; nothing was written", list.join(", "))).hint(hint))
    }

    /// Writes all files: each beside its place first, then, once nothing can be missing any more, all are put in place.
    /// What fails half-way is undone. Files that are there are replaced with `force`, and are an error without.
    ///
    /// # Errors
    /// A file or folder that cannot be made, a folder in a file's place, Ctrl-C.
    pub fn write(&self, files: &[Planned], force: bool) -> Result<()> {
        // From here on a signal is noted and does not end the process between two files.
        watch_signals();
        let mut work = Work::default();
        let done = self.stage(files, &mut work).and_then(|staged| work.place(staged, force));
        if done.is_err() {
            work.undo();
        }
        done
    }

    fn stage(&self, files: &[Planned], work: &mut Work) -> Result<Vec<(TempPath, PathBuf)>> {
        let mut staged = Vec::new();
        for file in files {
            let path = self.folder.join(&file.path);
            let what = || format!("cannot write {}", path.display());
            if path.is_dir() {
                return Err(Fault::failed(format!("{} is a folder; nothing was written", path.display()))
                    .hint("move it away, or choose another folder")
                    .into());
            }
            let parent = path.parent().unwrap_or(&self.folder);
            work.make_folder(parent).with_context(what)?;
            let mut builder = tempfile::Builder::new();
            // The user's umask decides, as for any file a tool writes.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let mut part: NamedTempFile =
                builder.prefix(".codexctl-").tempfile_in(parent).with_context(what)?;
            part.write_all(file.text.as_bytes()).with_context(what)?;
            staged.push((part.into_temp_path(), path));
        }
        Ok(staged)
    }
}

/// What has been done so far, so that it can be undone.
#[derive(Default)]
struct Work {
    folders: Vec<PathBuf>,
    /// Files in place, with what was there before.
    placed: Vec<(PathBuf, Option<TempPath>)>,
}

impl Work {
    /// Makes a folder and those above it, and remembers which are new.
    fn make_folder(&mut self, path: &Path) -> std::io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.is_dir()).collect();
        for folder in missing.into_iter().rev() {
            std::fs::create_dir(folder)?;
            self.folders.push(folder.to_path_buf());
        }
        Ok(())
    }

    fn place(&mut self, staged: Vec<(TempPath, PathBuf)>, force: bool) -> Result<()> {
        for (part, path) in staged {
            if interrupted().is_some() {
                return Err(Fault::failed("interrupted").into());
            }
            let what = || format!("cannot write {}", path.display());
            let old = if force { set_aside(&path).with_context(what)? } else { None };
            match part.persist_noclobber(&path) {
                Ok(()) => self.placed.push((path, old)),
                Err(error) => {
                    put_back(&path, old);
                    return Err(error.error).with_context(what);
                }
            }
        }
        Ok(())
    }

    /// Puts everything back.
    fn undo(self) {
        for (path, old) in self.placed.into_iter().rev() {
            drop(std::fs::remove_file(&path));
            put_back(&path, old);
        }
        for folder in self.folders.into_iter().rev() {
            // One that somebody else has put something into stays.
            drop(std::fs::remove_dir(folder));
        }
    }
}

/// Moves what is at a path to a name beside it.
fn set_aside(path: &Path) -> std::io::Result<Option<TempPath>> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let parent = path.parent().unwrap_or(path);
    let aside = tempfile::Builder::new().prefix(".codexctl-").tempfile_in(parent)?.into_temp_path();
    std::fs::rename(path, &aside)?;
    Ok(Some(aside))
}

/// Puts back what was set aside; what cannot be put back is told.
fn put_back(path: &Path, old: Option<TempPath>) {
    let Some(old) = old else { return };
    let Err(failed) = old.persist_noclobber(path) else { return };
    let what = format!("cannot put {} back: {}", path.display(), failed.error);
    match failed.path.keep() {
        Ok(kept) => tracing::warn!("{what}; it is in {}", kept.display()),
        Err(error) => tracing::warn!("{what}; {}", error.error),
    }
}
