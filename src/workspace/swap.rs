//! Puts a finished tree in the place of the old one.
//!
//! A pod that runs has the target folder itself mounted: were it exchanged for another folder, the pod would go on
//! looking at the old one, and see it emptied. So a target that is there stays, and the entries in it are exchanged one
//! by one, each in one step of the kernel's. That takes milliseconds; until it begins everything old is there, and at
//! no moment is the workspace empty. Killed in between, the next run makes it complete.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::walk::{remove, there};

/// Moves what is in `staged` to `target`; afterwards `staged` holds what was in `target` before.
pub(super) fn swap(staged: &Path, target: &Path) -> Result<()> {
    let what = || format!("cannot put the new files into {}", target.display());
    let Some(_) = there(target).with_context(what)? else {
        return fs::rename(staged, target).with_context(what);
    };
    writable(target).with_context(what)?;
    let fresh = names(staged).with_context(what)?;
    let stale: Vec<OsString> =
        names(target).with_context(what)?.into_iter().filter(|name| !fresh.contains(name)).collect();
    for name in &fresh {
        let (new, old) = (staged.join(name), target.join(name));
        let mode = writable(&new).with_context(what)?;
        exchange(&new, &old).with_context(what)?;
        if let Some(mode) = mode {
            fs::set_permissions(&old, mode).with_context(what)?;
        }
    }
    for name in &stale {
        writable(&target.join(name)).with_context(what)?;
        fs::rename(target.join(name), staged.join(name)).with_context(what)?;
    }
    Ok(())
}

/// Makes a folder one that its owner may write to, which moving it takes too; gives its mode where that was changed.
fn writable(path: &Path) -> io::Result<Option<Permissions>> {
    let meta = path.symlink_metadata()?;
    let mode = meta.permissions().mode();
    if !meta.is_dir() || mode & 0o200 != 0 {
        return Ok(None);
    }
    fs::set_permissions(path, Permissions::from_mode(mode | 0o700))?;
    Ok(Some(meta.permissions()))
}

fn names(folder: &Path) -> io::Result<std::collections::BTreeSet<OsString>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// Exchanges two entries in one step, or moves the first where there is no second. File systems that cannot exchange
/// get two steps, with the old entry kept until the new one is there.
fn exchange(new: &Path, old: &Path) -> Result<()> {
    if there(old)?.is_none() {
        return Ok(fs::rename(new, old)?);
    }
    writable(old)?;
    match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let mut aside = new.as_os_str().to_os_string();
            aside.push(".codexctl-old");
            fs::rename(old, &aside)?;
            fs::rename(new, old)?;
            remove(Path::new(&aside))
        }
        Err(error) => Err(error.into()),
    }
}
