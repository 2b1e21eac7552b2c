//! One file on disk: read with what must be kept of it (byte order mark, mode), written whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::config::read_text;
use crate::error::Fault;

const BOM: &str = "\u{feff}";

/// A text file.
#[derive(Debug)]
pub struct TextFile {
    /// The file itself, at the end of symlinks.
    pub path: PathBuf,
    /// As messages show it.
    pub shown: String,
    /// Its text, without a byte order mark.
    pub text: String,
    bom: bool,
}

impl TextFile {
    /// Reads `path`; a symlink may lead to a file of the project (below `root`), not out of it.
    ///
    /// # Errors
    /// As `read_text`; a symlink that leads out of the project.
    pub fn read(path: &Path, shown: &str, root: &Path) -> Result<Self> {
        let text = read_text(path, shown)?;
        let real = path.canonicalize().with_context(|| format!("cannot resolve {shown}"))?;
        let is_link = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
        if is_link && !real.starts_with(root) {
            return Err(Fault::invalid(format!(
                "{shown} is a link to {}, outside of the project",
                real.display()
            ))
            .hint("name that file itself, with the services.yaml of its own project")
            .into());
        }
        let bom = std::fs::read(&real).is_ok_and(|bytes| bytes.starts_with(BOM.as_bytes()));
        Ok(Self { path: real, shown: shown.to_owned(), text, bom })
    }

    /// Gets `text` ready to replace the file: written beside it, with its mode. With `backup`, the old text is kept as
    /// `NAME.bak`.
    ///
    /// # Errors
    /// The folder or file cannot be written, or a backup is there already.
    pub(super) fn prepare(&self, text: &str, backup: bool) -> Result<Prepared<'_>> {
        let what = || format!("cannot write {}", self.shown);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file =
            tempfile::Builder::new().prefix(".codexctl-").tempfile_in(folder).with_context(what)?;
        if self.bom {
            file.write_all(BOM.as_bytes()).with_context(what)?;
        }
        file.write_all(text.as_bytes()).with_context(what)?;
        let mode = std::fs::metadata(&self.path).with_context(what)?.permissions();
        file.as_file().set_permissions(mode).with_context(what)?;
        let copy = if backup { Some(self.backup_path()?) } else { None };
        Ok(Prepared { file, target: self, copy })
    }

    /// Where a backup goes, which must not be there yet.
    fn backup_path(&self) -> Result<PathBuf> {
        let mut name = self.path.clone().into_os_string();
        name.push(".bak");
        let copy = PathBuf::from(name);
        if copy.exists() {
            return Err(Fault::failed(format!("{} is there already", copy.display()))
                .hint("move the old backup away, or leave --backup out")
                .into());
        }
        Ok(copy)
    }
}

/// A text that only has to take its file's place; without that it vanishes.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    file: tempfile::NamedTempFile,
    target: &'a TextFile,
    /// Where the old text is kept.
    copy: Option<PathBuf>,
}

impl Prepared<'_> {
    /// Puts it in place, in one step; symlinks to the file stay.
    ///
    /// # Errors
    /// The folder does not let it; the old file is untouched then.
    pub(super) fn commit(self) -> Result<()> {
        let what = || format!("cannot write {}", self.target.shown);
        if let Some(copy) = &self.copy {
            std::fs::copy(&self.target.path, copy)
                .with_context(|| format!("cannot write {}", copy.display()))?;
        }
        self.file.persist(&self.target.path).map_err(|error| error.error).with_context(what)?;
        Ok(())
    }
}
