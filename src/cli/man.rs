//! `codexctl man`: manual pages made from the same commands that `--help` is made from.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Command, ValueHint};
use clap_mangen::Man;

use crate::error::Fault;
use crate::output;

/// The manual's section: user commands.
const SECTION: &str = "1";

/// Write manual pages
///
/// One page for each command and subcommand: codexctl.1, codexctl-render.1, codexctl-images-build.1 and so on. Without
/// DIR the main page goes to stdout. The pages' date is today's, or that of SOURCE_DATE_EPOCH.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl man ~/.local/share/man/man1\n  codexctl man > codexctl.1 && man ./codexctl.1"
)]
pub(super) struct Args {
    /// Folder for the pages; made where it is missing
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

impl Args {
    /// `command` is the whole program.
    pub(super) fn run(self, command: Command) -> Result<()> {
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let date = date()?;
        let Some(dir) = self.dir else { return output::print(&page(&command, &date, None)?) };
        if dir.exists() && !dir.is_dir() {
            return Err(Fault::invalid(format!("{} is not a folder", dir.display())).into());
        }
        let mut count = 0;
        write(&command, &dir, &date, None, &mut count)?;
        tracing::info!("wrote {count} pages to {}", dir.display());
        Ok(())
    }
}

/// Writes the page of a command and those of all commands below it.
fn write(command: &Command, dir: &Path, date: &str, parent: Option<&str>, count: &mut usize) -> Result<()> {
    let name = name(command);
    output::write_file(&dir.join(format!("{name}.{SECTION}")), &page(command, date, parent)?)?;
    *count += 1;
    for below in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        write(below, dir, date, Some(&name), count)?;
    }
    Ok(())
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_string()
}

fn page(command: &Command, date: &str, parent: Option<&str>) -> Result<String> {
    let source = format!("codexctl {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone())
        .title(name(command).to_uppercase())
        .date(date)
        .source(source)
        .manual("codexctl manual");
    let mut bytes = Vec::new();
    man.render_title(&mut bytes)?;
    man.render_name_section(&mut bytes)?;
    man.render_synopsis_section(&mut bytes)?;
    man.render_description_section(&mut bytes)?;
    man.render_options_section(&mut bytes)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut bytes)?;
    }
    let text = String::from_utf8(bytes).context("a manual page is not UTF-8")?;
    // Two line breaks around an empty line are one too many of each for strict readers.
    let mut text = text.replace("\n.br\n\n.br\n", "\n.sp\n");
    if let Some(help) = command.get_after_help() {
        notes(&help.to_string(), &mut text);
    }
    let parent = parent.map(|parent| format!("\\fB{}\\fR(1), ", escaped(parent))).unwrap_or_default();
    text.push_str(&format!(".SH \"SEE ALSO\"\n{parent}\\fBkubectl\\fR(1)\n"));
    Ok(text)
}

/// What stands below the flags in `--help`: a paragraph under a heading becomes a section, its lines kept as they are.
fn notes(help: &str, text: &mut String) {
    for paragraph in help.split("\n\n") {
        match paragraph.split_once('\n').and_then(|(first, rest)| Some((first.strip_suffix(':')?, rest))) {
            Some((heading, lines)) => {
                text.push_str(&format!(".SH \"{}\"\n.nf\n", escaped(&heading.to_uppercase())));
                for line in lines.lines() {
                    text.push_str(&format!("{}\n", escaped(line.strip_prefix("  ").unwrap_or(line))));
                }
                text.push_str(".fi\n");
            }
            None => text.push_str(&format!(".PP\n{}\n", escaped(paragraph))),
        }
    }
}

/// A line as troff prints it unchanged.
fn escaped(line: &str) -> String {
    let text = line.replace('\\', "\\(rs").replace('-', "\\-").replace('`', "\\(ga").replace('\'', "\\(aq");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}

/// Today in UTC, or the day of SOURCE_DATE_EPOCH, by which packagers make builds repeatable.
fn date() -> Result<String, Fault> {
    let now = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.trim().is_empty() => {
            let seconds =
                text.trim().parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            seconds.ok_or_else(|| {
                Fault::invalid(format!("SOURCE_DATE_EPOCH=`{text}` is no time"))
                    .hint("it is a number of seconds since 1970, or not set")
            })?
        }
        _ => jiff::Timestamp::now(),
    };
    let text = now.to_string();
    Ok(text.split_once('T').map_or(text.clone(), |(day, _)| day.to_string()))
}
