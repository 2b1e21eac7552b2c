//! deploy: doctor, images, apply and the summary of the run.

use serde_json::json;

use super::super::docker_harness::{Registry, have_docker};
use super::lab::World;
use super::runner::{Job, run};

fn said(job: &Job) -> String {
    format!("{:?}\n{}\n--- summary\n{}", job.steps, job.log, job.summary)
}

#[test]
fn the_shop_is_deployed_and_the_summary_shows_it() {
    let Some(world) = World::shop() else { return };
    // No engine and no registry here: images and the checks of them are switched off.
    let off = json!({ "environment": "dev", "doctor": false, "mirror-images": false, "build-images": false });
    let call = world.call("deploy.yml", &off);
    let job = run(&call, &world.machine).remove("deploy").unwrap();
    assert!(job.succeeded(), "{}", said(&job));
    let ran: Vec<&str> = job.steps.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        ran,
        [
            "Check out the project",
            "Check out the scripts of codexctl",
            "Install codexctl",
            "Write the credentials",
            "Apply, and wait until all is ready",
            "Look at the workloads",
            "Write the summary",
            "Remove the credentials"
        ]
    );
    assert!(world.sim.get("apps/v1", "Deployment", "shop-dev", "user-gateway").is_some());
    assert!(
        job.summary.starts_with("## Deployment of dev\n\nApplied, and ready.\n\n### Workloads\n\n```\n"),
        "{}",
        job.summary
    );
    assert!(job.summary.contains("\ndeployment/user-gateway "), "{}", job.summary);
    assert!(job.summary.contains("\n### Applied\n\n```\n"), "{}", job.summary);
    assert!(job.summary.contains("\ndeployment.apps/user-gateway created\n"), "{}", job.summary);
    assert!(!world.machine.folder.join("run temp/codexctl-credentials").exists());
    let again = run(&call, &world.machine).remove("deploy").unwrap();
    assert!(again.summary.contains("\ndeployment.apps/user-gateway unchanged\n"), "{}", said(&again));
}

#[test]
fn a_failure_is_diagnosed_in_the_summary() {
    let Some(world) = World::shop() else { return };
    let gateway = world.machine.project.join("services/user_gateway/deploy.yaml");
    let text = std::fs::read_to_string(&gateway).unwrap();
    let broken = text.replacen(
        "      annotations:\n",
        "      annotations:\n        kubesim/state: CrashLoopBackOff\n",
        1,
    );
    assert_ne!(text, broken);
    std::fs::write(&gateway, broken).unwrap();
    let inputs = json!({
        "environment": "dev", "doctor": false, "mirror-images": false, "build-images": false, "wait-timeout": "3s",
    });
    let job = run(&world.call("deploy.yml", &inputs), &world.machine).remove("deploy").unwrap();
    assert!(!job.succeeded() && !job.ran("Look at the workloads"), "{}", said(&job));
    assert!(job.summary.starts_with("## Deployment of dev\n\nFailed: `apply`\n\n```\nerror: deployment/user-gateway in shop-dev is not ready"), "{}", said(&job));
    assert!(job.summary.contains("CrashLoopBackOff"), "{}", job.summary);
    assert!(job.summary.contains("\n### Applied\n"), "{}", job.summary);
    assert!(job.ran("Remove the credentials"));
}

#[test]
fn a_kubeconfig_as_text_works_too_and_a_wrong_one_is_an_error() {
    let Some(world) = World::shop() else { return };
    let inputs =
        json!({ "environment": "dev", "doctor": false, "mirror-images": false, "build-images": false });
    let mut call = world.call("deploy.yml", &inputs);
    for (secret, works) in
        [(world.kubeconfig(), true), ("no kubeconfig: at all", false), ("bm8gc3VjaCB0aGluZw==", false)]
    {
        call.secrets["CODEXCTL_KUBECONFIG"] = secret.into();
        let job = run(&call, &world.machine).remove("deploy").unwrap();
        assert_eq!(job.succeeded(), works, "{}", said(&job));
        assert_eq!(job.ran("Apply, and wait until all is ready"), works);
        if !works {
            assert!(job.log.contains("the secret CODEXCTL_KUBECONFIG "), "{}", said(&job));
            assert!(!job.log.contains("at all") && !job.log.contains("such thing"), "{}", said(&job));
        }
    }
}

#[test]
fn doctor_and_images_with_a_real_engine() {
    if !have_docker() {
        return;
    }
    let Some(world) = World::new() else { return };
    let registry = Registry::plain();
    let project = &world.machine.project;
    std::fs::create_dir_all(project.join("web")).unwrap();
    let put = |name: &str, text: &str| std::fs::write(project.join(name), text).unwrap();
    let host = registry.host();
    put(
        "services.yaml",
        &format!(
            "project: demo\nenvironments:\n  dev: {{kubeconfig: '{{{{ envOr(\"DEMO_KUBECONFIG\", \"none\") }}}}'}}\nimages:\n  web: {{type: build, repository: '{host}/demo/web', tag: v1, dockerfile: web/Dockerfile, context: web}}\n  copy: {{type: external, from: '{host}/demo/web:v0', local: '{host}/demo/copy:v0'}}\nservices:\n  - name: web\n    manifests: [{{path: web.yaml}}]\n    image: {{repository: '{host}/demo/web', tagTemplate: v1}}\n"
        ),
    );
    put("web/Dockerfile", "FROM scratch\nCOPY content /content\n");
    put("web/content", "hello\n");
    put(
        "web.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web}]}\n",
    );
    let docker = |args: &[&str]| {
        let output = std::process::Command::new("docker").args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let origin = format!("{host}/demo/web:v0");
    docker(&["build", "--quiet", "--tag", &origin, project.join("web").to_str().unwrap()]);
    docker(&["push", &origin]);

    let inputs = json!({ "environment": "dev", "kubeconfig-variable": "DEMO_KUBECONFIG" });
    let mut call = world.call("deploy.yml", &inputs);
    call.secrets["CODEXCTL_VARIABLES"] = "GREETING: hello there\n".into();
    let mut machine = world.machine.clone();
    if let Ok(engine) = std::env::var("DOCKER_HOST") {
        machine.variables.insert("DOCKER_HOST".into(), engine);
    }
    let job = run(&call, &machine).remove("deploy").unwrap();
    assert!(job.succeeded(), "{}", said(&job));
    assert!(job.log.contains("✓ cluster") && job.log.contains("✓ docker"), "{}", said(&job));
    assert!(
        job.summary.contains("### Images copied\n") && job.summary.contains("mirrored"),
        "{}",
        job.summary
    );
    assert!(job.summary.contains("### Images built\n") && job.summary.contains(" built"), "{}", job.summary);
    assert!(world.sim.get("apps/v1", "Deployment", "demo-dev", "web").is_some());

    // What doctor finds stops the run before anything is touched.
    std::fs::remove_file(project.join("web.yaml")).unwrap();
    let job = run(&call, &machine).remove("deploy").unwrap();
    assert!(!job.succeeded() && !job.ran("Copy external images"), "{}", said(&job));
    assert!(
        job.summary.contains("Failed: `doctor`") && job.summary.contains("✗ manifests"),
        "{}",
        said(&job)
    );
}
