//! The manifests of a new project: one file per service.

use super::answers::Answers;
use super::files::{filled, scalar};

/// Name of the agent's service and Deployment: `prompt run` looks for it.
pub(super) const AGENT: &str = "codex";

/// Path of a service's manifest.
pub(super) fn path(service: &str) -> String {
    format!("services/{service}/deploy.yaml")
}

/// The first service: Deployment, Service, and an Ingress where there is a domain.
pub(super) fn workload(answers: &Answers) -> String {
    let first = answers.environments.first().map_or("", String::as_str);
    let syntax = answers.syntax;
    let replicas = match answers.environments.as_slice() {
        [_] => "1".to_string(),
        _ => syntax
            .pick(
                r#"{% if Env in [@names@] %}1{% else %}2{% endif %}"#,
                r#"{{ if or @tests@ }}1{{ else }}2{{ end }}"#,
            )
            .replace("@names@", &format!("\"{first}\", \"ai\""))
            .replace("@tests@", &format!("(eq .Env \"{first}\") (eq .Env \"ai\")")),
    };
    let service = scalar(&answers.service);
    let (image, comment) = match super::services::split_image(&answers.image) {
        Some((repository, _)) => (repository, "services.yaml sets the tag."),
        None => (answers.image.as_str(), "A digest names one image, whatever services.yaml says."),
    };
    let port = answers.port.to_string();
    let ingress = answers.host.as_ref().map_or("", |_| include_str!("templates/ingress.yaml"));
    let template = format!("{}{ingress}", include_str!("templates/workload.yaml"));
    filled(
        &template,
        &[
            ("service", &service),
            ("and_ingress", if ingress.is_empty() { "" } else { ", and its Ingress" }),
            ("replicas", &replicas),
            ("image_comment", comment),
            ("image", &scalar(image)),
            ("port", &port),
            ("env", syntax.pick("{{ Env }}", "{{ .Env }}")),
        ],
    )
}

/// The agent's pod.
pub(super) fn agent() -> String {
    include_str!("templates/agent.yaml").into()
}
