//! What Tab offers in a shell, asked of the shell itself.

use std::path::Path;

use super::super::harness::{Project, Run};
use super::super::needs;
use super::super::terminal::{on_a_terminal, path_with_binary};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// A wrapper that writes down what the function offers, and a mark on the terminal when it is done.
const BASHRC: &str = r#"
source <(codexctl completions bash)
capture() {
  _codexctl "$@"
  printf '%s\n' "${COMPREPLY[@]}" "== end" >>"$OUT"
  # Only the offers count here: none makes bash ring the bell and add nothing.
  COMPREPLY=()
  printf 'OFFERED' >/dev/tty
}
complete -F capture codexctl
PS1='READY '
"#;

/// All offers pass through compadd.
const ZSHRC: &str = r#"
autoload -Uz compinit && compinit -u -D
source <(codexctl completions zsh)
compadd() {
  local -a found
  if [[ ${@[(r)-[OAD]]} == '' ]]; then
    builtin compadd -O found "$@"
    (( $#found )) && print -rl -- $found >>$OUT
  fi
  builtin compadd "$@"
}
capture() { zle list-choices; print "== end" >>$OUT; print -n OFFERED >/dev/tty }
zle -N capture
bindkey '^I' capture
PS1='READY '
"#;

/// A project on whose PATH the tested codexctl is.
pub fn project(services: &str) -> Project {
    let mut project = Project::new(services);
    project.env("PATH", path_with_binary());
    project
}

/// What Tab offers at the end of each line, sorted, without descriptions. `None` where the shell is missing.
pub fn offers(shell: Shell, project: &mut Project, lines: &[&str]) -> Option<Vec<Vec<String>>> {
    if shell == Shell::Fish {
        let fish = needs::program("fish")?;
        return Some(lines.iter().map(|line| names(&fish_offers(project, &fish, line))).collect());
    }
    let out = project.path().join("offers");
    std::fs::write(&out, "").unwrap();
    let (home, zdot) = (project.path().to_path_buf(), project.path().join("zdot"));
    project.env("OUT", &out).env("ZDOTDIR", zdot).env("HOME", home);
    let rc = project.file("bashrc", BASHRC);
    project.file("zdot/.zshrc", ZSHRC);
    let program = match shell {
        Shell::Bash => vec!["bash", "--noprofile", "--rcfile", rc.to_str().unwrap(), "-i"],
        _ => vec!["zsh", "-d", "-i"],
    };
    needs::program(program[0])?;
    let typed: Vec<String> = lines.iter().map(|line| format!("\u{15}{line}\t")).collect();
    let mut steps = vec![("READY ", typed[0].as_str())];
    steps.extend(typed[1..].iter().map(|line| ("OFFERED", line.as_str())));
    steps.push(("OFFERED", "\u{15}exit\n"));
    let run = on_a_terminal(project, &program, &steps)?;
    for word in ["error", "panicked", "not found", "No such"] {
        assert!(!run.stdout.contains(word), "{shell:?}: {}", run.stdout);
    }
    let text = project.read("offers");
    let answers: Vec<Vec<String>> = text.split("== end\n").map(names).collect();
    assert_eq!(answers.len(), lines.len() + 1, "{shell:?}: one answer a line: {text}\n{}", run.stdout);
    Some(answers[..lines.len()].to_vec())
}

/// fish's own answer: a candidate a line, its description behind a tab.
pub fn fish_offers(project: &Project, fish: &Path, line: &str) -> String {
    let mut command = project.other(fish);
    command.args(["--no-config", "-c", "codexctl completions fish | source; complete -C \"$LINE\""]);
    command.env("LINE", line).env("HOME", project.path());
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.stderr, "", "{line}");
    run.stdout
}

pub fn names(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split('\t').next().unwrap_or_default().trim_end().to_string());
    let mut names: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    names.sort();
    names
}

/// Every shell offers this, and nothing else.
pub fn all_offer(project: &mut Project, table: &[(&str, &[&str])]) {
    let lines: Vec<&str> = table.iter().map(|(line, _)| *line).collect();
    for shell in SHELLS {
        let Some(found) = offers(shell, project, &lines) else { continue };
        for ((line, wanted), found) in table.iter().zip(found) {
            // bash completes what stands behind `=`, the others the whole word.
            let flag = line.rsplit(' ').next().filter(|word| word.starts_with("--")).unwrap_or_default();
            let before = flag.rfind('=').map_or("", |at| &flag[..=at]);
            let whole =
                |name: &&str| if shell == Shell::Bash { (*name).into() } else { format!("{before}{name}") };
            let wanted: Vec<String> = wanted.iter().map(whole).collect();
            assert_eq!(found, wanted, "{shell:?}: {line}");
        }
    }
}
