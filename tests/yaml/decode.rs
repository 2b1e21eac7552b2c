//! Decoding into schema types: every problem at once, with place, path and a suggestion.

use std::collections::BTreeMap;

use codexctl::yaml::{Located, Map, Mark, Node, Problem, ProblemKind, decode, parse_one};
use serde::Deserialize;

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(default, rename_all = "camelCase")]
struct Stack {
    project: Located<String>,
    max_slots: u32,
    versions: BTreeMap<String, String>,
    template_syntax: Syntax,
    services: Vec<Service>,
    enabled: bool,
    ratio: f64,
    note: Option<String>,
    timeout: Located<Seconds>,
    #[serde(default = "seven")]
    seven: i64,
}

fn seven() -> i64 {
    7
}

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(default, rename_all = "camelCase")]
struct Service {
    name: String,
    overlays: BTreeMap<String, Overlay>,
    source: Source,
}

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(default, rename_all = "camelCase")]
struct Overlay {
    host_mounts: Vec<Mount>,
    drop_kinds: Vec<String>,
}

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(default)]
struct Mount {
    name: String,
}

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Syntax {
    #[default]
    Auto,
    Jinja,
    Go,
}

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Source {
    #[default]
    None,
    Image(String),
    Build {
        dockerfile: String,
    },
}

/// A type with a check of its own, as durations and names have.
#[derive(Default, Debug, PartialEq)]
struct Seconds(u32);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.strip_suffix('s').and_then(|number| number.parse().ok());
        number.map(Seconds).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no duration")))
    }
}

fn decoded(text: &str) -> (Stack, Vec<Problem>) {
    decode(&parse_one("services.yaml", text).unwrap().unwrap())
}

/// `line:col path: message (hint)` for each problem.
fn problems(text: &str) -> Vec<String> {
    let show = |problem: &Problem| match &problem.hint {
        Some(hint) => format!("{} {problem} ({hint})", problem.mark),
        None => format!("{} {problem}", problem.mark),
    };
    decoded(text).1.iter().map(show).collect()
}

#[test]
fn a_valid_file_has_no_problems_and_keeps_places() {
    let (stack, problems) = decoded(
        "project: shop\nmaxSlots: 1_0\nversions: {api: 1.10, db: 0755, ok: True, none: null}\n\
         templateSyntax: go\nservices:\n- name: api\n  overlays:\n    ai: {dropKinds: [Ingress]}\n\
         \x20 source: {image: x}\n- source: {build: {dockerfile: D}}\nenabled: yes\nratio: 3\ntimeout: 5s\n",
    );
    assert_eq!(problems, []);
    assert_eq!(*stack.project, "shop");
    assert_eq!((stack.project.mark, stack.project.path.as_str()), (Mark::new(1, 10), "project"));
    assert_eq!(stack.max_slots, 10);
    let versions = [("api", "1.10"), ("db", "0755"), ("none", ""), ("ok", "True")];
    assert_eq!(stack.versions, versions.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    assert_eq!(stack.template_syntax, Syntax::Go);
    assert_eq!(stack.services[0].overlays["ai"].drop_kinds, ["Ingress"]);
    assert_eq!(stack.services[0].source, Source::Image("x".into()));
    assert_eq!(stack.services[1].source, Source::Build { dockerfile: "D".into() });
    assert!(stack.enabled);
    assert_eq!((stack.ratio, stack.note, stack.seven), (3.0, None, 7));
    assert_eq!(*stack.timeout, Seconds(5));
}

#[test]
fn null_means_not_set_anywhere() {
    let (stack, problems) = decoded(
        "project:\nmaxSlots: ~\nversions:\ntemplateSyntax:\nservices:\n- name:\n  overlays: {ai: null}\n-\n\
         enabled:\nratio:\nnote:\ntimeout:\nseven:\n",
    );
    assert_eq!(problems, []);
    assert_eq!(stack.services.len(), 2);
    assert_eq!(stack.services[0].overlays["ai"], Overlay::default());
    assert_eq!(stack, Stack { services: stack_services(), seven: 7, ..Stack::default() });
}

fn stack_services() -> Vec<Service> {
    let overlays = [("ai".to_owned(), Overlay::default())].into();
    vec![Service { overlays, ..Service::default() }, Service::default()]
}

#[test]
fn all_problems_are_reported_at_once_in_source_order() {
    let found = problems(
        "projct: shop\nmaxSlots: many\nversions: [a]\ntemplateSyntax: jinjja\nservices:\n\
         - name: [x]\n  overlays:\n    ai:\n      hostMounts: x\n      dropKind: []\n\
         - overlays: {\"a b\": {hostMounts: [{nmae: a}, 7]}}\n  source: {imag: x}\n\
         enabled: 1\nratio: fast\ntimeout: soon\nzzz: 1\n",
    );
    let expected = [
        "1:1 projct: unknown key `projct` (did you mean `project`?)",
        "2:11 maxSlots: expected an integer, found the string \"many\"",
        "3:11 versions: expected a map, found a list",
        "4:17 templateSyntax: unknown value `jinjja` (did you mean `jinja`?)",
        "6:9 services[0].name: expected a string, found a list",
        "9:19 services[0].overlays.ai.hostMounts: expected a list, found the string \"x\"",
        "10:7 services[0].overlays.ai.dropKind: unknown key `dropKind` (did you mean `dropKinds`?)",
        "11:36 services[1].overlays[\"a b\"].hostMounts[0].nmae: unknown key `nmae` (did you mean `name`?)",
        "11:46 services[1].overlays[\"a b\"].hostMounts[1]: expected a map, found a number",
        "12:11 services[1].source: unknown value `imag` (did you mean `image`?)",
        "13:10 enabled: expected true or false, found a number",
        "14:8 ratio: expected a number, found the string \"fast\"",
        "15:10 timeout: `soon` is no duration",
        "16:1 zzz: unknown key `zzz` (known keys: `project`, `maxSlots`, `versions`, `templateSyntax`, \
         `services`, `enabled`, `ratio`, `note`, `timeout`, `seven`)",
    ];
    // A failed newtype variant inside an unknown value leaves the fallback only; nothing else is lost.
    assert_eq!(found, expected);
}

#[test]
fn a_types_own_error_loses_nothing_else() {
    let (stack, problems) = decoded("project: shop\ntimeout: soon\nservices:\n- name: api\n- name: {}\n");
    assert_eq!(*stack.project, "shop");
    assert_eq!(stack.services[0].name, "api");
    assert_eq!(*stack.timeout, Seconds(0));
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["timeout", "services[1].name"]);
}

#[test]
fn the_kinds_tell_unknown_keys_from_the_rest() {
    let (_, problems) = decoded("nope: 1\nratio: x\n");
    let kinds: Vec<ProblemKind> = problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::UnknownKey, ProblemKind::Invalid]);
}

#[test]
fn a_document_of_another_kind_is_one_problem() {
    assert_eq!(problems("- a\n"), ["1:1 expected a map, found a list"]);
    assert_eq!(problems("text\n"), ["1:1 expected a map, found the string \"text\""]);
}

#[test]
fn integers_out_of_range_say_the_range() {
    let expected = "1:11 maxSlots: expected an integer between 0 and 4294967295, found -1";
    assert_eq!(problems("maxSlots: -1\n"), [expected]);
    let expected = "1:8 seven: expected an integer between -9223372036854775808 and 9223372036854775807, \
                    found 9223372036854775808";
    assert_eq!(problems("seven: 9223372036854775808\n"), [expected]);
    assert_eq!(problems("maxSlots: 1e3\n"), [""; 0]);
    assert_eq!(problems("maxSlots: 1.5\n"), ["1:11 maxSlots: expected an integer, found a number"]);
}

#[test]
fn located_works_with_other_deserializers_without_a_place() {
    let located: Located<String> = serde_json::from_str("\"x\"").unwrap();
    assert_eq!((located.value.as_str(), located.mark), ("x", Mark::default()));
}

#[test]
fn free_form_values_can_be_taken_as_json() {
    let node = parse_one("t", "a: [1, 2.5, x, null, true, {b: 1}]").unwrap().unwrap();
    let (json, problems) = decode::<serde_json::Value>(&node);
    assert_eq!(problems, []);
    assert_eq!(json, node.to_json());
}

#[derive(Deserialize, Default, Debug)]
#[serde(default)]
struct Step {
    with: Map,
    any: Node,
    inner: Option<Box<Step>>,
}

#[test]
fn free_form_parts_keep_places_and_spelling() {
    let text = "with:\n  version: 1.10\nany: [{a: 0755}]\ninner: {with: [x], any: null, wth: 1}\n";
    let (step, problems) = decode::<Step>(&parse_one("t", text).unwrap().unwrap());
    assert_eq!(step.with.get("version").unwrap().text().unwrap(), "1.10");
    assert_eq!(step.with.key_mark("version"), Some(Mark::new(2, 3)));
    assert_eq!(step.any.mark, Mark::new(3, 6));
    assert_eq!(step.any.to_json(), serde_json::json!([{"a": 493}]));
    let inner = step.inner.unwrap();
    assert!(inner.with.is_empty() && inner.any.is_null());
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert_eq!(problems, ["inner.with: expected a map, found a list", "inner.wth: unknown key `wth`"]);
    let other: Step = serde_json::from_str(r#"{"with": {"a": [1]}, "any": "x"}"#).unwrap();
    assert_eq!(other.with.get("a"), Some(&Node::list(vec![Node::int(1)])));
    assert_eq!(other.any, Node::string("x"));
    assert!(serde_json::from_str::<Step>(r#"{"with": 1}"#).is_err());
}

#[test]
fn a_problem_can_be_shown_with_its_line() {
    let text = "project: shop\nmaxSlots: many\n";
    let shown = decoded(text).1[0].shown_in("services.yaml", text).to_string();
    let expected = "services.yaml:2:11: maxSlots: expected an integer, found the string \"many\"\n  |\n\
                    2 | maxSlots: many\n  |           ^";
    assert_eq!(shown, expected);
}

/// Fields without a default, sequences of types that check themselves, and tuples.
#[derive(Deserialize, Default, Debug)]
#[serde(default)]
struct Odd {
    strict: Option<Strict>,
    waits: Vec<Seconds>,
    named: BTreeMap<String, Seconds>,
    pair: (i64, String),
}

#[derive(Deserialize, Default, Debug)]
struct Strict {
    needed: String,
}

#[test]
fn failures_far_inside_are_noted_where_they_are_and_left_out() {
    let text = "strict: {}\nwaits: [1s, x, 3s, y]\nnamed: {a: 1s, b: z}\npair: [1]\nmore: 1\n";
    let (odd, problems) = decode::<Odd>(&parse_one("t", text).unwrap().unwrap());
    assert!(odd.strict.is_none());
    assert_eq!(odd.waits, [Seconds(1), Seconds(3)]);
    assert_eq!(odd.named, [("a".to_owned(), Seconds(1))].into());
    assert_eq!(odd.pair, (0, String::new()));
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    let expected = [
        "strict: the key `needed` is missing",
        "waits[1]: `x` is no duration",
        "waits[3]: `y` is no duration",
        "named.b: `z` is no duration",
        "pair: invalid length 1, expected a tuple of size 2",
        "more: unknown key `more`",
    ];
    assert_eq!(problems, expected);
    let (strict, problems) = decode::<Strict>(&parse_one("t", "needed: x").unwrap().unwrap());
    assert_eq!((strict.needed.as_str(), problems.len()), ("x", 0));
}

#[derive(Deserialize, Default, Debug)]
#[serde(default, rename = "$codexctl::yaml::KeepsNulls")]
struct Nulls {
    #[serde(deserialize_with = "there")]
    kept: Option<String>,
    absent: Option<String>,
    text: String,
}

fn there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::deserialize(deserializer)?.unwrap_or_default()))
}

#[test]
fn a_struct_may_ask_for_keys_without_a_value() {
    let (nulls, problems) = decode::<Nulls>(&parse_one("t", "kept:\ntext:\n").unwrap().unwrap());
    assert_eq!((nulls.kept.as_deref(), nulls.absent, nulls.text.as_str()), (Some(""), None, ""));
    assert_eq!(problems, []);
}

#[test]
fn what_stands_in_quotes_for_a_template_is_read_as_the_field_wants_it() {
    let (stack, found) = decoded("maxSlots: '12'\nenabled: 'true'\n");
    assert_eq!((found, stack.max_slots, stack.enabled), (vec![], 12, true));
    assert_eq!(
        problems("maxSlots: '012'\nenabled: 'maybe'\nseven: '-0'\n"),
        [
            "1:11 maxSlots: expected an integer, found the string \"012\"",
            "2:10 enabled: expected true or false, found the string \"maybe\"",
            "3:8 seven: expected an integer, found the string \"-0\"",
        ]
    );
    assert_eq!(
        problems("templateSyntax: {go: x}\n"),
        ["1:17 templateSyntax: expected the word `go`, found a map"]
    );
}
