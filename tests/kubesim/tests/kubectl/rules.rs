//! What is refused, and in which words.

use serde_json::json;

use crate::harness::{Cluster, config, deployment};

fn refused(c: &Cluster, input: &str, wanted: &str) {
    let run = c.pipe("apply -f -", input);
    assert!(!run.ok && run.err.contains(wanted), "wanted {wanted}\n{run:?}");
}

#[test]
fn strict_fields_and_types() {
    let Some(c) = Cluster::start() else { return };
    refused(
        &c,
        &deployment("web", "", "  replicsa: 2\n"),
        "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \"spec.replicsa\"",
    );
    refused(
        &c,
        &deployment("web", ", imagee: x", ""),
        "unknown field \"spec.template.spec.containers[0].imagee\"",
    );
    refused(
        &c,
        &config("c", "{a: 1}"),
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
    );
    c.apply(&deployment("web", "", ""));
    refused(
        &c,
        &deployment("web", "", "  replicsa: 2\n"),
        "strict decoding error: unknown field \"spec.replicsa\"",
    );
    let warned = c.pipe("apply --validate=warn -f -", &deployment("soft", "", "  replicsa: 2\n"));
    assert!(warned.ok && warned.err.contains("Warning: unknown field \"spec.replicsa\""), "{warned:?}");
    assert!(c.sim.get("apps/v1", "Deployment", "t", "soft").unwrap()["spec"].get("replicsa").is_none());
}

#[test]
fn names_places_and_contents() {
    let Some(c) = Cluster::start() else { return };
    refused(
        &c,
        &config("Bad_Name", "{}"),
        "metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of",
    );
    refused(
        &c,
        &config("c", "{}").replace("namespace: t", "namespace: nowhere"),
        "namespaces \"nowhere\" not found",
    );
    refused(
        &c,
        &deployment("web", "", "").replace("labels: {app: web}", "labels: {app: x}"),
        "`selector` does not match template `labels`",
    );
    refused(
        &c,
        &deployment("web", ", volumeMounts: [{name: nope, mountPath: /a}]", ""),
        "volumeMounts[0].name: Not found: \"nope\"",
    );
    refused(
        &c,
        &deployment("web", "", "").replace(", image: \"app:1\"", ""),
        "spec.template.spec.containers[0].image: Required value",
    );
    let none = "apiVersion: example.test/v1\nkind: Gadget\nmetadata: {name: g, namespace: t}\n";
    refused(&c, none, "no matches for kind \"Gadget\" in version \"example.test/v1\"");
    let run = c.pipe("create -f -", &config("c", "{}"));
    assert!(run.ok, "{run:?}");
    let again = c.pipe("create -f -", &config("c", "{}"));
    assert!(again.err.contains("Error from server (AlreadyExists): error when creating \"STDIN\": configmaps \"c\" already exists"), "{again:?}");
}

#[test]
fn what_cannot_change() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", ""));
    refused(
        &c,
        &deployment("web", "", "").replace("{app: web}", "{app: other}"),
        "spec.selector: Invalid value",
    );
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: t}\nspec: {ports: [{port: 80}]}\n";
    c.apply(service);
    let address = c.sim.get("v1", "Service", "t", "s").unwrap()["spec"]["clusterIP"].clone();
    let replaced = c.pipe("replace -f -", &service.replace("80", "81"));
    assert!(replaced.ok, "{replaced:?}");
    assert_eq!(c.sim.get("v1", "Service", "t", "s").unwrap()["spec"]["clusterIP"], address);
    let moved = service.replace("{ports", "{clusterIP: 10.96.9.9, ports");
    refused(&c, &moved, "field is immutable");
    let fixed = config("fixed", "{a: \"1\"}") + "immutable: true\n";
    c.apply(&fixed);
    refused(&c, &fixed.replace("\"1\"", "\"2\""), "field is immutable when `immutable` is set");
}

#[test]
fn size_limits() {
    let Some(c) = Cluster::start() else { return };
    let big = "x".repeat(300 * 1024);
    let input = config("c", &format!("{{a: \"{big}\"}}"));
    refused(&c, &input, "metadata.annotations: Too long: may not be more than 262144 bytes");
    assert!(c.pipe("create -f -", &input).ok);
    let huge = config("d", &format!("{{a: \"{}\"}}", "x".repeat(1100 * 1024)));
    let run = c.pipe("create -f -", &huge);
    assert!(run.err.contains("Too long: may not be more than 1048576 bytes"), "{run:?}");
}

#[test]
fn stale_versions_conflict() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{a: \"1\"}"));
    let stale = c.ok("-n t get cm c -o json");
    c.ok("-n t label cm c x=y");
    let run = c.pipe("replace -f -", &stale);
    let words = "Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply your changes to the latest version and try again";
    assert!(run.err.contains(words), "{run:?}");
    let fresh = c.ok("-n t get cm c -o json");
    assert!(c.pipe("replace -f -", &fresh.replace("\"1\"", "\"2\"")).ok);
    assert_eq!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["data"], json!({"a": "2"}));
}

#[test]
fn patches_of_all_types() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{a: \"1\", b: \"2\"}"));
    c.ok("-n t patch cm c --type=merge -p {\"data\":{\"a\":null,\"d\":\"4\"}}");
    c.ok("-n t patch cm c --type=json -p [{\"op\":\"replace\",\"path\":\"/data/b\",\"value\":\"9\"}]");
    c.ok("-n t annotate cm c note=x");
    let object = c.sim.get("v1", "ConfigMap", "t", "c").unwrap();
    assert_eq!(object["data"], json!({"b": "9", "d": "4"}));
    assert_eq!(object["metadata"]["annotations"]["note"], "x");
    let run =
        c.kubectl("-n t patch cm c --type=json -p [{\"op\":\"test\",\"path\":\"/data/b\",\"value\":\"0\"}]");
    assert!(!run.ok, "{run:?}");
    assert!(c.ok("-n t patch cm c -p {\"data\":{\"b\":\"9\"}}").contains("patched (no change)"));
}

#[test]
fn generated_names() {
    let Some(c) = Cluster::start() else { return };
    let input = config("x", "{}").replace("name: x", "generateName: x-");
    for _ in 0..2 {
        assert!(c.pipe("create -f -", &input).ok);
    }
    let named = c
        .sim
        .list("v1", "ConfigMap", "t")
        .iter()
        .filter(|o| o["metadata"]["name"].as_str().unwrap().starts_with("x-"))
        .count();
    assert_eq!(named, 2);
}
