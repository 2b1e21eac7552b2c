//! The services.yaml of a new project, part by part.

use super::SLOTS;
use super::answers::Answers;
use super::files::scalar;
use super::manifest;

/// The Dockerfile of the agent's image.
pub(super) const DOCKERFILE: &str = "docker/codex.Dockerfile";

/// The agent's version: the one codexctl is tested with.
const CODEX_VERSION: &str = "0.169.0";

/// services.yaml.
pub(super) fn text(answers: &Answers) -> String {
    [
        head(answers),
        versions(answers),
        namespaces(answers),
        domains(answers),
        environments(answers),
        if answers.ai { images(answers) } else { String::new() },
        services(answers),
        if answers.ai { slots(answers) } else { String::new() },
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

fn head(answers: &Answers) -> String {
    let first = answers.environments.first().map_or("", String::as_str);
    format!(
        "# The stack {project}. `codexctl render --env {first}` shows what it makes.
# Paths start from the folder of this file.
project: {name}
# The dialect of the templates here and in the manifests.
templateSyntax: {syntax}
",
        project = answers.project,
        name = scalar(&answers.project),
        syntax = answers.syntax.pick("jinja", "go"),
    )
}

fn versions(answers: &Answers) -> String {
    let tag = split_image(&answers.image).and_then(|(_, tag)| tag);
    let mut text = String::new();
    if let Some(tag) = tag {
        text.push_str(&format!("  {}: {}\n", scalar(&answers.service), quoted(tag)));
    }
    if answers.ai {
        text.push_str(&format!("  {}: {}\n", manifest::AGENT, quoted(CODEX_VERSION)));
    }
    if text.is_empty() {
        return text;
    }
    format!("# Templates know these as Versions.\nversions:\n{text}")
}

fn namespaces(answers: &Answers) -> String {
    let project = answers.syntax.pick("{{ Project }}", "{{ .Project }}");
    let mut text = String::from("namespace:\n  patterns:\n");
    for name in &answers.environments {
        text.push_str(&format!("    {}: \"{project}-{name}\"\n", scalar(name)));
    }
    if answers.ai {
        let slot = answers.syntax.pick("{{ Slot }}", "{{ .Slot }}");
        text.push_str("    # One for each slot: a numbered, short-lived copy of the stack.\n");
        text.push_str(&format!("    {SLOTS}: \"{project}-dev-{slot}\"\n"));
    }
    text
}

fn domains(answers: &Answers) -> String {
    let Some(host) = &answers.host else { return String::new() };
    let mut text = String::from("baseDomain:\n");
    for name in &answers.environments {
        text.push_str(&format!("  {}: {}\n", scalar(name), scalar(&format!("{name}.{host}"))));
    }
    if answers.ai {
        text.push_str(&format!("  {SLOTS}: {}\n", scalar(host)));
    }
    text
}

fn environments(answers: &Answers) -> String {
    let mut text = String::from("environments:\n");
    let first = answers.environments.first().map(|name| scalar(name)).unwrap_or_default();
    for (at, name) in answers.environments.iter().enumerate() {
        text.push_str(&format!("  {}:\n", scalar(name)));
        if at > 0 {
            text.push_str(&format!("    from: {first}\n"));
            continue;
        }
        text.push_str(
            "    # kubectl's own cluster, until one of these names another.
    # kubeconfig: ~/.kube/config
    # context: my-cluster
    imagePullPolicy: IfNotPresent
",
        );
    }
    if answers.ai {
        text.push_str(&format!("  {SLOTS}:\n    from: {first}\n"));
    }
    text
}

fn images(answers: &Answers) -> String {
    format!(
        "images:
  # `codexctl images build --env {SLOTS} --slot 1` builds and pushes it.
  codex:
    type: build
    repository: '{registry}/{project}/codex'
    tag: '{version}'
    dockerfile: {DOCKERFILE}
    context: docker
    buildArgs:
      CODEX_VERSION: '{version}'
",
        registry = registry(answers),
        project = answers.project,
        version = version(answers, manifest::AGENT),
    )
}

fn services(answers: &Answers) -> String {
    let name = scalar(&answers.service);
    let mut text = format!(
        "services:\n  - name: {name}\n    manifests:\n      - path: {}\n",
        manifest::path(&answers.service)
    );
    if let Some((repository, tag)) = split_image(&answers.image) {
        text.push_str(&format!("    image:\n      repository: {}\n", scalar(repository)));
        if tag.is_some() {
            text.push_str(&format!("      tagTemplate: '{}'\n", version(answers, &answers.service)));
        }
    }
    if answers.host.is_some() {
        text.push_str("    ingress:\n      hosts:\n");
        for name in &answers.environments {
            text.push_str(&format!("        {}: '{}'\n", scalar(name), domain(answers, name)));
        }
        if answers.ai {
            let slot = answers.syntax.pick("{{ Slot }}", "{{ .Slot }}");
            text.push_str(&format!("        {SLOTS}: 'dev-{slot}.{}'\n", domain(answers, SLOTS)));
        }
    }
    if answers.ai {
        text.push('\n');
        text.push_str(&agent(answers));
    }
    text
}

fn agent(answers: &Answers) -> String {
    format!(
        "  # Where the agent works; only slots have one.
  - name: codex
    when: '{only_slots}'
    manifests:
      - path: {path}
    image:
      repository: '{registry}/{project}/codex'
      tagTemplate: '{version}'
    overlays:
      {SLOTS}:
        # The folder on the node that `codexctl manage-env sync-code` fills.
        hostMounts:
          - name: code
            hostPath: '{root}/{slot}/src'
            mountPath: /workspace
            hostPathType: DirectoryOrCreate
    hooks:
      beforeApply:
        # OPENAI_API_KEY and CODEXCTL_GH_PAT, where they are set, become Secrets.
        - name: credentials of the agent
          use: codex.ensure-codex-secrets
          timeout: 1m
",
        only_slots = answers.syntax.pick(r#"{{ Env == "ai" }}"#, r#"{{ eq .Env "ai" }}"#),
        path = manifest::path(manifest::AGENT),
        registry = registry(answers),
        project = answers.project,
        version = version(answers, manifest::AGENT),
        root = answers.syntax.pick(
            r#"{{ envOr("CODE_ROOT_BASE", "/srv/code") }}"#,
            r#"{{ envOr "CODE_ROOT_BASE" "/srv/code" }}"#
        ),
        slot = answers.syntax.pick("{{ Slot }}", "{{ .Slot }}"),
    )
}

fn slots(answers: &Answers) -> String {
    format!(
        "# Slots: at most so many at a time, and where it is written down whose they are.
maxSlots: 5
state:
  backend: configmap
  configmapNamespace: {}

codex:
  promptLang: en
  timeouts:
    exec: 60m
    rollout: 5m
",
        scalar(&format!("{}-slots", answers.project))
    )
}

/// Repository and tag of an image; none where it names a digest, which is no tag.
pub(super) fn split_image(image: &str) -> Option<(&str, Option<&str>)> {
    if image.contains('@') {
        return None;
    }
    Some(match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (image, None),
    })
}

fn registry(answers: &Answers) -> &'static str {
    answers.syntax.pick(
        r#"{{ envOr("REGISTRY_HOST", "localhost:5000") }}"#,
        r#"{{ envOr "REGISTRY_HOST" "localhost:5000" }}"#,
    )
}

fn version(answers: &Answers, service: &str) -> String {
    answers.syntax.pick(r#"{{ Versions["@"] }}"#, r#"{{ index .Versions "@" }}"#).replace('@', service)
}

fn domain(answers: &Answers, env: &str) -> String {
    answers.syntax.pick(r#"{{ BaseDomain["@"] }}"#, r#"{{ index .BaseDomain "@" }}"#).replace('@', env)
}

/// A version is text, whatever it looks like.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
