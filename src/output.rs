//! stdout data, tables and files: written whole or not at all.

use std::fs::OpenOptions;
use std::io::{BufWriter, ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes data to stdout. A reader that has gone away (`| head`) is no failure: the rest is dropped.
///
/// # Errors
/// Any other write error (a full disk).
pub fn print(text: &str) -> Result<()> {
    print_on(text).map(drop)
}

/// The same, for what prints again and again: whether somebody still reads.
///
/// # Errors
/// As [`print`].
pub fn print_on(text: &str) -> Result<bool> {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("cannot write to stdout"),
    }
}

/// Writes a file whole: to a temporary file beside it, then renamed. Missing parent folders are made. A symlink stays
/// one, and an existing file keeps its mode; a device or pipe (`/dev/null`, `>(…)`) is written to, never replaced.
///
/// # Errors
/// Folder or file cannot be written; the old file is untouched then.
pub fn write_file(path: &Path, text: &str) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file() && !old.is_dir()) {
        let mut file = OpenOptions::new().write(true).open(path).with_context(what)?;
        return file.write_all(text.as_bytes()).with_context(what);
    }
    let real = if old.is_some() { path.canonicalize().with_context(what)? } else { path.to_path_buf() };
    let parent = real.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(what)?;
    let mut builder = tempfile::Builder::new();
    // The user's umask decides, as for any file a tool writes; tempfile's own default is private.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".codexctl-").tempfile_in(parent).with_context(what)?;
    file.write_all(text.as_bytes()).with_context(what)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions()).with_context(what)?;
    }
    file.persist(&real).map_err(|error| error.error).with_context(what)?;
    Ok(())
}

/// Whether stderr is a terminal that wants colour and redrawing (spec section 10; no-color.org).
pub fn fancy_stderr() -> bool {
    std::io::stderr().is_terminal() && plain_reason().is_none()
}

/// Whether stdout is such a terminal.
pub fn fancy_stdout() -> bool {
    std::io::stdout().is_terminal() && plain_reason().is_none()
}

/// Columns of the terminal that stdout is, where it is one and wide enough to arrange anything in.
pub fn stdout_width() -> Option<usize> {
    let stdout = std::io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout))?.ok()?;
    (size.ws_col >= 40).then_some(size.ws_col.into())
}

fn plain_reason() -> Option<&'static str> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return Some("NO_COLOR");
    }
    (std::env::var_os("TERM").as_deref() == Some(std::ffi::OsStr::new("dumb"))).then_some("TERM")
}

/// Whether this runs in GitHub Actions, whose log understands `::group::` lines.
pub fn in_github_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Appends values to the file `GITHUB_OUTPUT` names, which makes them outputs of the step; nothing without it.
///
/// # Errors
/// The file cannot be written.
pub fn github_output(values: &[(&str, String)]) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_OUTPUT").filter(|path| !path.is_empty()) else { return Ok(()) };
    let text: String = values.iter().map(|(name, value)| output_line(name, value)).collect();
    let what = || format!("cannot write to GITHUB_OUTPUT, {}", Path::new(&path).display());
    let mut file = OpenOptions::new().create(true).append(true).open(&path).with_context(what)?;
    // One write: other steps of a job may append at the same time.
    file.write_all(text.as_bytes()).with_context(what)
}

/// `name=value`, or GitHub's form for values of several lines, whose end mark must not be a line of the value.
fn output_line(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut mark = String::from("CODEXCTL_END");
    while value.lines().any(|line| line.trim_end_matches('\r') == mark) {
        mark.push('_');
    }
    format!("{name}<<{mark}\n{value}\n{mark}\n")
}

/// Columns for people, as kubectl prints them: a row is a line, whatever the terminal's width.
pub struct Table(comfy_table::Table);

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING).set_header(headings.iter().copied());
        table.set_content_arrangement(comfy_table::ContentArrangement::Disabled);
        Self(table)
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.add_row(cells);
    }

    /// The text, a newline behind each line, no blanks at line ends.
    pub fn render(&mut self) -> String {
        for column in self.0.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let text = self.0.to_string();
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_of_several_lines_end_where_they_end() {
        assert_eq!(output_line("slot", "3"), "slot=3\n");
        let text = output_line("body", "a\nCODEXCTL_END\n\nb");
        assert_eq!(text, "body<<CODEXCTL_END_\na\nCODEXCTL_END\n\nb\nCODEXCTL_END_\n");
    }
}
