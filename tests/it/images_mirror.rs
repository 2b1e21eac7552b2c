//! `images mirror` with real docker between two real registries.

use serde_json::Value;

use super::docker_harness::{Access, DockerLab, Registry};
use super::harness::Run;

const MIRROR: [&str; 4] = ["images", "mirror", "--env", "dev"];

fn mirror<'a>(more: &[&'a str]) -> Vec<&'a str> {
    MIRROR.iter().chain(more).copied().collect()
}

/// Two images `a` and `b`, from one registry to the other.
fn services(from: &Registry, to: &str) -> String {
    let from = from.host();
    format!(
        "project: demo\nenvironments: {{dev: {{}}}}\nimages:\n  a: {{type: external, from: '{from}/a:1', local: '{to}/copy/a:1'}}\n  b: {{type: external, from: '{from}/b:1', local: '{to}/copy/b:1'}}\n"
    )
}

fn rows(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.stdout, run.stderr))
}

fn actions(run: &Run) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_string();
    rows(run).iter().map(|row| (text(&row["name"]), text(&row["action"]))).collect()
}

fn both(action: &str) -> Vec<(String, String)> {
    ["a", "b"].iter().map(|name| (name.to_string(), action.to_string())).collect()
}

/// Mirrors two images to a registry of this kind, twice: the second run moves nothing.
fn copies_once(access: Access) {
    let Some(lab) = DockerLab::new("") else { return };
    let (origin, local) = (Registry::plain(), Registry::start(access));
    lab.file("services.yaml", services(&origin, &local.host()));
    for name in ["a", "b"] {
        lab.publish(&format!("{}/{name}:1", origin.host()), name);
    }
    if access.login {
        // Without a login it is an error, and nothing is taken for missing.
        let run = lab.run(&mirror(&["-o", "json"]));
        assert_eq!((run.code, actions(&run)), (1, both("failed")), "{}", run.stderr);
        assert!(
            run.stderr.contains("no basic auth credentials") && run.stderr.contains("docker login"),
            "{}",
            run.stderr
        );
        lab.login(&local);
    }
    let first = lab.run(&mirror(&["-o", "json"]));
    assert_eq!((first.code, actions(&first)), (0, both("mirrored")), "{}", first.stderr);
    let (out, copied) = (origin.transfers(), local.transfers());
    let second = lab.run(&mirror(&["-o", "json"]));
    assert_eq!((second.code, actions(&second)), (0, both("present")), "{}", second.stderr);
    assert_eq!(out, origin.transfers(), "nothing is pulled again");
    assert_eq!(copied, local.transfers(), "nothing is pushed again");
    for (one, two) in rows(&first).iter().zip(rows(&second)) {
        assert!(one["digest"].as_str().unwrap().starts_with("sha256:"));
        assert_eq!((&one["digest"], &one["reference"]), (&two["digest"], &two["reference"]));
    }
    assert_eq!(lab.content(&format!("{}/copy/b:1", local.host())), "b");
}

#[test]
fn copies_what_is_missing_once_over_plain_http() {
    copies_once(Access::default());
}

#[test]
fn copies_what_is_missing_once_over_tls() {
    copies_once(Access { tls: true, login: false });
}

#[test]
fn copies_what_is_missing_once_with_a_login() {
    copies_once(Access { tls: false, login: true });
}

#[test]
fn copies_what_is_missing_once_with_tls_and_a_login() {
    copies_once(Access { tls: true, login: true });
}

#[test]
fn only_what_is_missing_is_copied_and_refresh_takes_what_has_changed() {
    let Some(lab) = DockerLab::new("") else { return };
    let (origin, local) = (Registry::plain(), Registry::plain());
    lab.file("services.yaml", services(&origin, &local.host()));
    for name in ["a", "b"] {
        lab.publish(&format!("{}/{name}:1", origin.host()), name);
    }
    let run = lab.run(&mirror(&["--only", "a"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("NAME  ACTION") && run.stdout.contains("\na     mirrored"),
        "{}",
        run.stdout
    );
    let run = lab.run(&mirror(&["-o", "json"]));
    let names: Vec<Value> = rows(&run).iter().map(|row| row["action"].clone()).collect();
    assert_eq!(names, ["present", "mirrored"], "{}", run.stderr);
    // The origin's `a` changes: that is nobody's business without --refresh.
    lab.publish(&format!("{}/a:1", origin.host()), "a, changed");
    assert_eq!(actions(&lab.run(&mirror(&["-o", "json"]))), both("present"));
    let refresh = mirror(&["-o", "json", "--refresh"]);
    let run = lab.run(&refresh);
    let names: Vec<Value> = rows(&run).iter().map(|row| row["action"].clone()).collect();
    assert_eq!(names, ["mirrored", "present"], "{}", run.stderr);
    assert_eq!(lab.content(&format!("{}/copy/a:1", local.host())), "a, changed");
    let moved = local.transfers();
    assert_eq!(actions(&lab.run(&refresh)), both("present"));
    assert_eq!(moved, local.transfers());
}

#[test]
fn a_registry_that_is_down_is_an_error_for_its_images_only() {
    let Some(lab) = DockerLab::new("") else { return };
    let (origin, local, mut down) = (Registry::plain(), Registry::plain(), Registry::plain());
    lab.publish(&format!("{}/a:1", origin.host()), "a");
    let (from, to, gone) = (origin.host(), local.host(), down.host());
    lab.file(
        "services.yaml",
        format!("project: demo\nenvironments: {{dev: {{}}}}\nimages:\n  a: {{from: '{from}/a:1', local: '{to}/a:1'}}\n  b: {{from: '{from}/a:1', local: '{gone}/a:1'}}\n  c: {{from: '{from}/nope:1', local: '{to}/c:1'}}\n"),
    );
    down.stop();
    let run = lab.run(&mirror(&["-o", "json", "--jobs", "1"]));
    assert_eq!(run.code, 1);
    let names: Vec<Value> = rows(&run).iter().map(|row| row["action"].clone()).collect();
    assert_eq!(names, ["mirrored", "failed", "failed"], "{}", run.stderr);
    let text = &run.stderr;
    assert!(
        text.contains(&format!("error: image b: cannot ask the registry {gone} for {gone}/a:1")),
        "{text}"
    );
    assert!(
        text.contains("connection refused") && text.contains("hint: the registry is not there"),
        "{text}"
    );
    assert!(!text.contains("b: pulling"), "what is not known to be missing is not copied: {text}");
    assert!(
        text.contains("image c: Error response from daemon: manifest for") && text.contains("check the name"),
        "{text}"
    );
    assert!(text.contains("error: 2 of 3 images failed: b, c"), "{text}");
    let table = lab.run(&mirror(&["--only", "a,b"]));
    assert!(
        table.stdout.contains("\nb     failed") && table.stdout.contains("\na     present"),
        "{}",
        table.stdout
    );
}

#[test]
fn a_registry_that_breaks_is_not_taken_for_one_without_the_image() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let Some(lab) = DockerLab::new("") else { return };
    // Answers the ping, then 503; to TLS, as servers of plain HTTP do.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = Vec::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = reader.read_until(b'\n', &mut line);
            let line = String::from_utf8_lossy(&line).into_owned();
            if line.starts_with("GET") || line.starts_with("HEAD") {
                let mut header = String::new();
                while reader.read_line(&mut header).is_ok_and(|n| n > 2) {
                    header.clear();
                }
            }
            let status = match line.split(' ').nth(1) {
                Some("/v2/") => "200 OK",
                Some(path) if path.starts_with("/v2/") => "503 Service Unavailable",
                _ => "400 Bad Request",
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nDocker-Distribution-Api-Version: registry/2.0\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"
            );
        }
    });
    let services = format!(
        "project: demo\nenvironments: {{dev: {{}}}}\nimages: {{a: {{from: '{host}/a:1', local: '{host}/copy/a:1'}}}}\n"
    );
    lab.file("services.yaml", services);
    let run = lab.run(&MIRROR);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("503 Service Unavailable"), "{}", run.stderr);
    assert!(!run.stderr.contains("pulling"), "{}", run.stderr);
}

#[test]
fn mistakes_are_found_before_anything_is_touched() {
    let Some(mut lab) = DockerLab::new(
        "project: demo\nenvironments: {dev: {}}\nimages:\n  a: {type: external, from: 'Bad Name', local: 'localhost:1/a:1'}\n  b: {type: external, from: 'x:1'}\n  c: {type: external, from: 'x:1', local: 'localhost:1/a@sha256:00'}\n  own: {type: build, repository: localhost:1/own, tag: '1'}\n",
    ) else {
        return;
    };
    lab.wrap_docker("echo \"$*\" >>calls; exit 9");
    let text = lab.fails(2, &MIRROR);
    for part in [
        "services.yaml:4: images.a: `from`: `Bad Name` is no image name: names are lower-case",
        "services.yaml:5: images.b: `local` is missing",
        "services.yaml:6: images.c: `local` must not name a digest",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let text = lab.fails(2, &mirror(&["--only", "bb"]));
    assert!(
        text.contains("unknown image `bb`") && text.contains("did you mean `b`? known: a, b, c"),
        "{text}"
    );
    let text = lab.fails(2, &mirror(&["--only", "own"]));
    assert!(
        text.contains("image `own` is built, not copied") && text.contains("use `images build`"),
        "{text}"
    );
    assert!(!lab.path().join("calls").exists(), "docker is not even asked");
    lab.file("services.yaml", "project: demo\nenvironments: {dev: {}}\n");
    let run = lab.run(&mirror(&["-o", "json"]));
    assert_eq!((run.code, run.stdout.as_str()), (0, "[]\n"));
    assert!(run.stderr.contains("no images to mirror"), "{}", run.stderr);
}

#[test]
fn no_engine_is_one_error_with_the_way_out() {
    let Some(mut lab) = DockerLab::new("") else { return };
    lab.file(
        "services.yaml",
        "project: demo\nenvironments: {dev: {}}\nimages: {a: {from: 'x:1', local: 'localhost:1/a:1'}}\n",
    );
    lab.env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let text = lab.fails(1, &MIRROR);
    assert!(
        text.contains("hint: start the docker engine") && text.contains("unix:///nowhere/docker.sock"),
        "{text}"
    );
}
