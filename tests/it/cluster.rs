//! The opt-in suite against a real cluster:
//!
//! ```text
//! CODEXCTL_E2E_KUBECONFIG=~/.kube/config cargo test --test it -- --ignored cluster
//! ```
//!
//! It works in namespaces of its own, `codexctl-e2e-…`, which it deletes. `CODEXCTL_E2E_IMAGE` names an image the
//! cluster can pull and that keeps running (default `nginx:1.29-alpine`).

use super::harness::{Project, Run};

/// A project in a namespace of its own on the real cluster; the namespace goes with it.
struct Real {
    project: Project,
    namespace: String,
}

impl Real {
    fn new(name: &str) -> Self {
        let kubeconfig =
            std::env::var("CODEXCTL_E2E_KUBECONFIG").expect("CODEXCTL_E2E_KUBECONFIG names a kubeconfig");
        let namespace = format!("codexctl-e2e-{name}-{}", std::process::id());
        let image = std::env::var("CODEXCTL_E2E_IMAGE").unwrap_or_else(|_| "nginx:1.29-alpine".into());
        let (repository, tag) = image.rsplit_once(':').expect("CODEXCTL_E2E_IMAGE has a tag");
        let project = Project::new(&format!(
            "project: e2e\nenvironments: {{dev: {{kubeconfig: '{kubeconfig}'}}}}\nservices:\n  - name: web\n    manifests: [{{path: web.yaml}}]\n    image: {{repository: '{repository}', tagTemplate: '{tag}'}}\n    hooks:\n      afterApply:\n        - run: kubectl -n \"$CODEXCTL_NAMESPACE\" get deploy web -o name\n        - {{use: kubectl.wait, with: {{kind: deployment, name: web, timeout: 120s}}}}\n"
        ));
        project.file("web.yaml", super::cluster_harness::WEB.replace("name: api", "name: web"));
        Self { project, namespace }
    }

    fn run(&self, args: &[&str]) -> Run {
        let all = [args, &["--env", "dev", "--namespace", &self.namespace]].concat();
        self.project.run(&all)
    }

    fn ok(&self, args: &[&str]) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}\n{}\n{}", run.stdout, run.stderr);
        run
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        self.run(&["destroy", "--yes", "--delete-namespace"]);
    }
}

#[test]
#[ignore = "needs a real cluster: CODEXCTL_E2E_KUBECONFIG"]
fn cluster_apply_wait_status_destroy() {
    let real = Real::new("life");
    let first = real.ok(&["apply", "--wait", "--preflight", "--wait-timeout", "180s"]);
    assert_eq!(first.stdout, "deployment.apps/web created\nservice/web created\n");
    assert_eq!(
        real.ok(&["apply", "--wait"]).stdout,
        "deployment.apps/web unchanged\nservice/web unchanged\n"
    );
    let status: serde_json::Value = serde_json::from_str(&real.ok(&["status", "-o", "json"]).stdout).unwrap();
    assert_eq!(
        (&status["workloads"][0]["state"], &status["workloads"][0]["ready"]),
        (&"ready".into(), &2.into())
    );
    assert_eq!(real.ok(&["diff", "--exit-code"]).stdout, "");
    let text = real.ok(&["destroy", "--yes"]).stdout;
    assert!(text.contains("\"web\" deleted"), "{text}");
    assert_eq!(real.ok(&["destroy", "--yes"]).stdout, "");
}

#[test]
#[ignore = "needs a real cluster: CODEXCTL_E2E_KUBECONFIG"]
fn cluster_names_an_image_that_cannot_be_pulled() {
    let real = Real::new("image");
    let services = real.project.read("services.yaml");
    let services = services[..services.find("    image:").unwrap()].to_string();
    real.project.file("services.yaml", services);
    real.project
        .file("web.yaml", real.project.read("web.yaml").replace("reg.test/api:1", "registry.invalid/none:1"));
    let run = real.run(&["apply", "--wait-timeout", "40s"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("ImagePullBackOff") || run.stderr.contains("ErrImagePull"), "{}", run.stderr);
}
