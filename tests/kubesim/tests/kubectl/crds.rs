//! Custom kinds: not served, established, served, gone.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Cluster, quick};

const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.demo.test}
spec:
  group: demo.test
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, required: [size], properties: {size: {type: integer}, color: {type: string, default: red}}}
";
const WIDGET: &str =
    "apiVersion: demo.test/v1\nkind: Widget\nmetadata: {name: w, namespace: t}\nspec: {size: 3}\n";

#[test]
fn a_kind_comes_and_goes() {
    let Some(c) = Cluster::start() else { return };
    let run = c.pipe("apply -f -", &format!("{CRD}---\n{WIDGET}"));
    assert!(run.err.contains("no matches for kind \"Widget\" in version \"demo.test/v1\""), "{run:?}");
    assert!(run.out.contains("widgets.demo.test created"), "{run:?}");
    c.ok("wait --for=condition=Established crd/widgets.demo.test --timeout=5s");
    assert!(c.apply(&format!("{CRD}---\n{WIDGET}")).contains("widget.demo.test/w created"));
    assert_eq!(c.apply(WIDGET), "widget.demo.test/w unchanged\n");
    let table = c.ok("-n t get wd");
    assert!(table.contains("NAME   SIZE   AGE") && table.contains("w      3"), "{table}");
    assert_eq!(
        c.sim.get("demo.test/v1", "Widget", "t", "w").unwrap()["spec"],
        json!({"size": 3, "color": "red"})
    );
    let run = c.pipe("apply -f -", &WIDGET.replace("size: 3", "size: 3, colour: x"));
    assert!(run.err.contains("strict decoding error: unknown field \"spec.colour\""), "{run:?}");
    let run = c.pipe("apply -f -", &WIDGET.replace("size: 3", "size: big"));
    assert!(run.err.contains("spec.size in body must be of type integer: \"string\""), "{run:?}");
    c.ok("delete crd widgets.demo.test --timeout=5s");
    let run = c.kubectl("-n t get widgets");
    // kubectl may still have the kind in its discovery cache.
    let gone = [
        "the server doesn't have a resource type \"widgets\"",
        "the server could not find the requested resource",
    ];
    assert!(gone.iter().any(|words| run.err.contains(words)), "{run:?}");
}

#[test]
fn establishing_takes_time() {
    let Some(c) = Cluster::with(kubesim::Options { crd_establish: Duration::from_secs(3600), ..quick() })
    else {
        return;
    };
    c.apply(CRD);
    let run = c.kubectl("wait --for=condition=Established crd/widgets.demo.test --timeout=100ms");
    assert!(!run.ok, "{run:?}");
    assert!(!c.pipe("apply -f -", WIDGET).ok);
    c.sim.set_options(|options| options.crd_establish = Duration::ZERO);
    c.ok("wait --for=condition=Established crd/widgets.demo.test --timeout=5s");
    c.apply(WIDGET);
}
