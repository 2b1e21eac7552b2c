//! `destroy` and `status`.

use kubesim::Fault;

use super::cluster_harness::{API, Lab, WEB};

#[test]
fn destroy_asks_and_deletes_in_reverse_order() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&["apply", "--env", "dev"]);
    let text = lab.fails(2, &["destroy", "--env", "dev"]);
    assert!(
        text.contains("  Service api (namespace demo-dev)\n  Deployment api (namespace demo-dev)"),
        "{text}"
    );
    assert!(text.contains("hint: add --yes"), "{text}");
    assert!(lab.object("apps/v1", "Deployment", "api").is_some(), "nothing was deleted");
    let text = lab.ok(&["destroy", "--env", "dev", "--yes"]);
    let service = text.find("service \"api\" deleted").unwrap();
    assert!(service < text.find("deployment.apps \"api\" deleted").unwrap(), "{text}");
    assert!(lab.object("apps/v1", "Deployment", "api").is_none());
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev").is_some(), "the namespace stays");
    assert_eq!(lab.ok(&["destroy", "--env", "dev", "--yes"]), "", "what is gone is no error");
    lab.ok(&["destroy", "--env", "dev", "--yes", "--delete-namespace"]);
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev").is_none());
}

#[test]
fn the_stacks_own_namespace_object_stays_unless_asked_for() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file("api.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo-dev}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    lab.ok(&["apply", "--env", "dev"]);
    let run = lab.run(&["destroy", "--env", "dev", "--yes"]);
    assert!(run.code == 0 && run.stderr.contains("kept: Namespace demo-dev"), "{}", run.stderr);
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev").is_some());
}

#[test]
fn status_compares_what_should_run_with_what_does() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&["apply", "--env", "dev", "--wait"]);
    let text = lab.ok(&["status", "--env", "dev"]);
    let row = text.lines().find(|line| line.starts_with("deployment/api")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!((cells[1], cells[2], cells[4], cells[5]), ("2/2", "0", "reg.test/api:1", "ready"), "{text}");
    let wide = lab.ok(&["status", "--env", "dev", "-o", "wide"]);
    assert_eq!(wide.matches("  pod/api-").count(), 2, "{wide}");
    assert!(wide.contains("  service/api:80"), "{wide}");
    let ready = |text: &str| {
        let row = text.lines().find(|line| line.starts_with("  pod/api-")).unwrap();
        row.split_whitespace().nth(1).unwrap().to_string()
    };
    assert_eq!(ready(&wide), "1/1");
    lab.file(
        "api.yaml",
        WEB.replace("containers: [", "containers: [{name: second, image: 'reg.test/second:1'}, "),
    );
    lab.ok(&["apply", "--env", "dev", "--wait"]);
    assert_eq!(ready(&lab.ok(&["status", "--env", "dev", "-o", "wide"])), "2/2");
    lab.file("api.yaml", WEB);
    lab.ok(&["apply", "--env", "dev", "--wait"]);
    lab.file("api.yaml", WEB.replace("api:1", "api:2"));
    let json: serde_json::Value =
        serde_json::from_str(&lab.ok(&["status", "--env", "dev", "-o", "json"])).unwrap();
    let row = &json["workloads"][0];
    assert_eq!(
        (&row["desired_images"][0], &row["running_images"][0]),
        (&"reg.test/api:2".into(), &"reg.test/api:1".into())
    );
    assert!(lab.ok(&["status", "--env", "dev"]).contains("reg.test/api:1 → reg.test/api:2"));
    lab.ok(&["destroy", "--env", "dev", "--yes"]);
    assert!(lab.ok(&["status", "--env", "dev"]).contains("missing: not in the cluster"));
}

#[test]
fn status_names_the_problem_and_watches() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file("api.yaml", WEB.replace("api:1", "api:missing"));
    lab.run(&["apply", "--env", "dev", "--wait-timeout", "2s"]);
    let text = lab.ok(&["status", "--env", "dev"]);
    assert!(text.contains("pending: ImagePullBackOff") || text.contains("pending: ErrImagePull"), "{text}");
    let mut child =
        lab.command(&["status", "--env", "dev", "--watch", "--interval", "50ms"]).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut seen = 0;
    let mut line = String::new();
    while seen < 3 {
        line.clear();
        assert_ne!(std::io::BufRead::read_line(&mut out, &mut line).unwrap(), 0);
        seen += usize::from(line.starts_with("deployment/api"));
    }
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn destroy_tries_again_what_passes_and_ends_at_what_lasts() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&["apply", "--env", "dev"]);
    lab.sim.fault(Fault::on("DELETE", "/services/api").status(503).times(1));
    let run = lab.run(&["destroy", "--env", "dev", "--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("cannot delete yet, trying again"), "{}", run.stderr);
    assert!(lab.object("v1", "Service", "api").is_none());
    lab.ok(&["apply", "--env", "dev"]);
    lab.sim.fault(Fault::on("DELETE", "/services/api").status(403).times(1));
    let run = lab.run(&["destroy", "--env", "dev", "--yes"]);
    assert_eq!((run.code, run.stderr.matches("trying again").count()), (1, 0), "{}", run.stderr);
    lab.ok(&["destroy", "--env", "dev", "--yes"]);
    assert!(lab.object("v1", "Service", "api").is_none());
}

#[test]
fn a_namespace_that_does_not_go_is_told_with_the_limit() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&["apply", "--env", "dev"]);
    lab.sim.hold_namespace("demo-dev");
    let args = ["destroy", "--env", "dev", "--yes", "--delete-namespace", "--timeout", "2s"];
    let run = lab.run(&args);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("not gone within 2s (--timeout)"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: look at `metadata.finalizers`"), "{}", run.stderr);
}

#[test]
fn nothing_to_delete_is_no_question() {
    let Some(lab) = Lab::new("") else { return };
    let run = lab.run(&["destroy", "--env", "dev"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(": no object to delete\n"), "{}", run.stderr);
}

#[test]
fn a_watch_ends_when_nobody_reads_it() {
    let Some(lab) = Lab::web() else { return };
    let mut child =
        lab.command(&["status", "--env", "dev", "--watch", "--interval", "50ms"]).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_watch_keeps_troubles_out_of_its_data_and_begins_with_a_look_that_works() {
    let Some(lab) = Lab::web() else { return };
    let get = || Fault::on("GET", "/namespaces/demo-dev/pods").status(403);
    lab.sim.fault(get().times(1));
    let args = ["status", "--env", "dev", "--watch", "--interval", "50ms"];
    let text = lab.fails(1, &args);
    assert!(text.starts_with("error: Error from server"), "{text}");
    lab.sim.fault(get().nth(2).times(1));
    let mut child = lab.command(&args).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while text.matches("WORKLOAD").count() < 2 {
        assert_ne!(std::io::BufRead::read_line(&mut out, &mut text).unwrap(), 0);
    }
    drop(out);
    let run = super::harness::Run::from(child.wait_with_output().unwrap());
    assert!(!text.contains("Error from server"), "{text}");
    assert!(run.stderr.contains("warning: cannot look, trying again: "), "{}", run.stderr);
}
