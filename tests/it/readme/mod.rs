//! The README and the pages beside it are played: every block of commands runs as it is printed, in order, and what it
//! shows is compared. Each page is played from its beginning, in a place of its own.
//!
//! A comment above each block says where: `<!-- test: PLACE [WORDS] -->`. Files of the tutorial are written from their
//! blocks (`file NAME`), excerpts of services.yaml must at least be YAML that codexctl takes (`excerpt`), excerpts of
//! workflows must call what is there (`workflow`), and what cannot run inside its own tests is listed in [`ELSEWHERE`]
//! with the place where it does.

mod blocks;
mod places;
mod russian;
mod workflows;

use blocks::{Block, blocks};
use places::Place;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Blocks that do not run here, and what runs them.
const ELSEWHERE: [(&str, &str); 7] = [
    ("scripts/test.sh\n", "it runs these tests"),
    (".ci/run", "it runs scripts/test.sh"),
    ("CODEXCTL_E2E_KUBECONFIG=", "needs a cluster; .github/workflows/ci.yml runs it on kind"),
    ("rustup target add", "changes the toolchain; .github/workflows/release.yml runs it"),
    ("scripts/release.sh check-tag", "tests/it/workflows/release.rs runs it"),
    ("sha256sum --check", "needs a release; tests/it/workflows/install.rs does the same by the action"),
    ("docker run --rm", "needs the image; tests/it/workflows/release.rs runs it in an empty root"),
];

/// The pages people write. What is generated (docs/keys.md, docs/commands) is compared with its generator elsewhere.
pub fn pages() -> Vec<(String, String)> {
    let mut names = vec!["README.md".to_string(), "CONTRIBUTING.md".to_string()];
    let mut below: Vec<String> = std::fs::read_dir(format!("{ROOT}/docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md") && name != "keys.md")
        .map(|name| format!("docs/{name}"))
        .collect();
    below.sort();
    names.append(&mut below);
    names
        .into_iter()
        .map(|name| {
            let text = std::fs::read_to_string(format!("{ROOT}/{name}")).unwrap();
            (name, text)
        })
        .collect()
}

/// The blocks of each page.
fn played() -> Vec<Vec<Block>> {
    let all: Vec<Vec<Block>> = pages().iter().map(|(name, text)| blocks(name, text)).collect();
    assert!(all.len() > 8 && all.concat().len() > 40, "{} pages", all.len());
    all
}

/// Plays all blocks of a place, page by page, in order. `false` where a place cannot be had: it has said so.
fn play<P: Place>(name: &str, make: impl Fn() -> Option<P>) {
    let mut played_blocks = 0;
    for page in played() {
        let here: Vec<&Block> = page.iter().filter(|block| block.place() == name).collect();
        if here.is_empty() {
            continue;
        }
        let Some(mut place) = make() else { return };
        for block in here {
            places::play(&mut place, block);
            played_blocks += 1;
        }
    }
    assert!(played_blocks > 0, "no page has a block for `{name}`");
}

#[test]
fn every_block_has_a_place() {
    for block in played().concat() {
        let known = match block.place() {
            "hello" | "empty" | "shop" | "agent" | "repository" => true,
            "excerpt" | "workflow" => block.language == "yaml",
            "elsewhere" => ELSEWHERE.iter().any(|(start, _)| block.text.starts_with(start)),
            _ => !block.is_commands() && block.language != "yaml",
        };
        assert!(known, "{}: nothing tests this block: {:?}", block.at, block.directive);
    }
}

#[test]
fn excerpts_are_yaml() {
    let services = super::harness::Project::new("project: demo\nenvironments: {dev: {}}\n");
    for block in played().concat().iter().filter(|block| block.place() == "excerpt") {
        // Written below what every services.yaml has; unknown keys and wrong types are errors.
        let mut text = block.text.clone();
        for (key, line) in
            [("project:", "project: demo\n"), ("environments:", "environments: {dev: {}, ai: {}}\n")]
        {
            if !text.lines().any(|one| one.starts_with(key)) {
                text.insert_str(0, line);
            }
        }
        services.file("services.yaml", text);
        let run = services.run(&["render", "--env", "dev", "--strict"]);
        assert_eq!(run.code, 0, "{}: {}", block.at, run.stderr);
    }
}

#[test]
fn excerpts_of_workflows_call_what_is_there() {
    let mut calls = 0;
    for block in played().concat().iter().filter(|block| block.place() == "workflow") {
        calls += workflows::check(block);
    }
    assert!(calls > 1, "{calls} calls of workflows and actions in the pages");
}

#[test]
fn the_tutorial() {
    play("hello", places::Hello::new);
}

#[test]
fn the_empty_folder() {
    play("empty", || Some(places::Empty::new()));
}

#[test]
fn the_shop() {
    play("shop", places::Shop::new);
}

#[test]
fn the_agent() {
    play("agent", places::Agent::new);
}

/// Set-up, installation and the demo, in the repository itself. Ignored where nobody has built a release: it takes
/// minutes. `scripts/test.sh` does, and runs it.
#[test]
fn the_repository() {
    play("repository", places::Repository::new);
}
