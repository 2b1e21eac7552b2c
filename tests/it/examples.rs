//! The example projects: both dialects render the same documents in every environment.

use super::harness::Project;

fn render(example: &str, args: &[&str]) -> serde_json::Value {
    let config = format!("{}/examples/{example}/services.yaml", env!("CARGO_MANIFEST_DIR"));
    let fixed = ["render", "--strict", "--format", "json", "--config", &config];
    let text = Project::empty().ok(&[&fixed[..], args].concat());
    // Paths of the project itself differ, as they must.
    serde_json::from_str(&text.replace(&format!("examples/{example}/"), "examples/EXAMPLE/")).unwrap()
}

#[test]
fn the_shop_is_the_same_in_both_dialects() {
    for args in [
        &["--env", "dev"][..],
        &["--env", "staging"],
        &["--env", "ai", "--slot", "3"],
        &["--env", "ai", "--slot", "12"],
    ] {
        let go = render("shop", args);
        let documents = go["items"].as_array().unwrap().len();
        assert!(documents > 8, "{args:?}: {documents} documents");
        assert_eq!(go, render("shop-jinja", args), "{args:?}");
    }
}

#[test]
fn environments_of_the_shop_differ() {
    assert_ne!(render("shop", &["--env", "dev"]), render("shop", &["--env", "staging"]));
    assert_ne!(
        render("shop", &["--env", "ai", "--slot", "3"]),
        render("shop", &["--env", "ai", "--slot", "4"])
    );
}
