//! The README is played: every block of commands runs as it is printed, in order, and what it shows is compared.
//!
//! A comment above each block says where: `<!-- test: PLACE [WORDS] -->`. Files of the tutorial are written from their
//! blocks (`file NAME`), excerpts of services.yaml must at least be YAML (`excerpt`), and what cannot run inside its own
//! tests is listed in [`ELSEWHERE`] with the place where it does.

mod blocks;
mod places;

use blocks::{Block, blocks};
use places::Place;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Blocks that do not run here, and what runs them.
const ELSEWHERE: [(&str, &str); 4] = [
    ("scripts/test.sh\n", "it runs these tests"),
    (".ci/run", "it runs scripts/test.sh"),
    ("CODEXCTL_E2E_KUBECONFIG=", "needs a cluster; .github/workflows/ci.yml runs it on kind"),
    ("rustup target add", "changes the toolchain; .github/workflows/release.yml runs it"),
];

fn readme() -> Vec<Block> {
    let text = std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let blocks = blocks(&text);
    assert!(blocks.len() > 15, "{} blocks", blocks.len());
    blocks
}

/// Plays all blocks of a place, in order.
fn play(place: &mut dyn Place) {
    let mut played = 0;
    let name = place.name().to_string();
    for block in readme().iter().filter(|block| block.place() == name) {
        places::play(place, block);
        played += 1;
    }
    assert!(played > 0, "README.md has no block for `{name}`");
}

#[test]
fn every_block_has_a_place() {
    for block in readme() {
        let known = match block.place() {
            "hello" | "shop" | "agent" | "repository" => true,
            "excerpt" => block.language == "yaml",
            "elsewhere" => ELSEWHERE.iter().any(|(start, _)| block.text.starts_with(start)),
            _ => !block.is_commands() && block.language != "yaml",
        };
        assert!(known, "README.md:{}: nothing tests this block: {:?}", block.line, block.directive);
    }
}

#[test]
fn excerpts_are_yaml() {
    let services = super::harness::Project::new("project: demo\nenvironments: {dev: {}}\n");
    for block in readme().iter().filter(|block| block.place() == "excerpt") {
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
        assert_eq!(run.code, 0, "README.md:{}: {}", block.line, run.stderr);
    }
}

#[test]
fn the_tutorial() {
    let Some(mut place) = places::Hello::new() else { return };
    play(&mut place);
}

#[test]
fn the_shop() {
    let Some(mut place) = places::Shop::new() else { return };
    play(&mut place);
}

#[test]
fn the_agent() {
    let Some(mut place) = places::Agent::new() else { return };
    play(&mut place);
}

/// Set-up, installation and the demo, in the repository itself. Ignored where nobody has built a release: it takes
/// minutes. `scripts/test.sh` does, and runs it.
#[test]
fn the_repository() {
    let Some(mut place) = places::Repository::new() else { return };
    play(&mut place);
}
