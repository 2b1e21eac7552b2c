//! Stage 1: services.yaml is found and read, nothing more.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::error::Fault;

/// The file's name where none is given.
const FILE_NAME: &str = "services.yaml";

/// The text of services.yaml and where it lies.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as messages show it.
    name: String,
    /// The folder all relative paths start from; absolute.
    root: PathBuf,
    /// The file, with its real folder.
    path: PathBuf,
    text: String,
}

impl Source {
    /// Finds and reads the file: `explicit` (`--config`), else services.yaml here or in the nearest parent folder.
    ///
    /// # Errors
    /// Not there, a folder, unreadable, not UTF-8, or empty.
    pub fn read(explicit: Option<&Path>) -> Result<Self> {
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        let path = match explicit {
            Some(path) => here.join(path),
            None => find(&here)?,
        };
        let name = shown(&path, &here);
        let text = read_text(&path, &name)?;
        if text.trim().is_empty() {
            return Err(Fault::invalid(format!("{name} is empty"))
                .hint("at least `project`, `environments` and `services` belong there; see the README's tutorial")
                .at(name, Some(1), None)
                .into());
        }
        let parent = path.parent().unwrap_or(&here);
        let root = parent.canonicalize().with_context(|| format!("cannot resolve {}", parent.display()))?;
        let path = path.file_name().map_or_else(|| root.clone(), |file| root.join(file));
        Ok(Self { name, root, path, text })
    }

    /// The path as messages show it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder of the file, absolute: `ProjectRoot`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same file with another text: what it would be after a change.
    #[must_use]
    pub(crate) fn with_text(&self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self.clone() }
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Reads a text file a user named; every failure says which file and what to do.
///
/// # Errors
/// As `Source::read`, but an empty file is fine.
pub(crate) fn read_text(path: &Path, name: &str) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| {
        let fault = match error.kind() {
            std::io::ErrorKind::NotFound => Fault::invalid(format!("{name}: no such file")),
            _ if path.is_dir() => Fault::invalid(format!("{name} is a folder, not a file")),
            _ => Fault::invalid(format!("cannot read {name}: {error}")),
        };
        anyhow::Error::from(fault.at(name, None, None))
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), String::from)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Fault::invalid(format!("{name}:{line}: not UTF-8 (byte {good})"))
                .hint("save the file as UTF-8")
                .at(name, u32::try_from(line).ok(), None)
                .into())
        }
    }
}

/// The nearest services.yaml, in this folder or above it.
pub(super) fn find(here: &Path) -> Result<PathBuf> {
    here.ancestors().map(|dir| dir.join(FILE_NAME)).find(|path| path.exists()).ok_or_else(|| {
        Fault::invalid(format!("no {FILE_NAME} in {} or any folder above it", here.display()))
            .hint("run codexctl inside a project, name the file with --config, or start a project with `codexctl init`")
            .into()
    })
}

/// Relative to the current folder where that is shorter, as compilers print paths.
pub(crate) fn shown(path: &Path, here: &Path) -> String {
    match path.strip_prefix(here) {
        Ok(below) if below.as_os_str().is_empty() => ".".into(),
        Ok(below) => below.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
