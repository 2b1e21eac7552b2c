//! Any Go template, put together at random: it is refused, or its Jinja renders the same.

use std::cell::Cell;
use std::collections::BTreeMap;

use codexctl::template::{Context, Engine, Facts, Syntax, convert};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::context;

/// Strings, with the fields and variables that hold some.
fn text() -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec![
        "$.Env",
        "$.Codex.Model",
        "\"a\"",
        "\"\"",
        "`r\"q`",
        "$.Versions.api",
        "(index $.Versions \"web-ui\")",
        "(index $.Versions \"no\")",
        "(index $.EnvMap \"DEBUG\")",
        "$.EnvMap.DEBUG",
        "$s",
        "(index $.BaseDomain $.Env)",
        "(envOr \"TEAM\" \"x\")",
        "(index $.Codex.ExtraTools 1)",
        "(index $.Codex.Links 0).Title",
        "\"{{ x }} {% y\"",
        "\"é\\t\\\\\"",
        "($.Now.Format \"2006\")",
    ]);
    prop_oneof![60 => leaf.prop_map(str::to_owned), 1 => Just(".".to_owned()), 1 => Just("$.Vars.NO".to_owned())]
        .prop_recursive(2, 6, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(printf \"%s-%s\" {a} {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(printf \"%5s|%q|%v%%\" {a} {b} {a})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(default {a} {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(or {a} {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(print {a} {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(ternary (eq {a} {b}) {b} \"no\")")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} | trimPrefix {b})")),
                inner.clone().prop_map(|a| format!("({a} | toLower | slug)")),
                inner.clone().prop_map(|a| format!("(html {a})")),
                inner.clone().prop_map(|a| format!("(and {a} \"z\")")),
                inner.prop_map(|a| format!("(indent 2 {a})")),
            ]
        })
        .boxed()
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("$.Slot".to_owned()),
        Just("$n".to_owned()),
        Just("(len $.Codex.ExtraTools)".to_owned()),
        (-3i64..20).prop_map(|n| n.to_string()),
        Just("(len $.Project)".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        text(),
        number(),
        (text(), text()).prop_map(|(a, b)| format!("(eq {a} {b})")),
        (text(), text(), text()).prop_map(|(a, b, c)| format!("(eq {a} {b} {c})")),
        (number(), number(), prop::sample::select(vec!["lt", "le", "gt", "ge", "ne", "eq"]))
            .prop_map(|(a, b, f)| format!("({f} {a} {b})")),
        prop::sample::select(vec![
            "true",
            "false",
            "$.Versions",
            "$.Codex.Links",
            "$.UserVars",
            "$.Vars",
            "1.5",
            "0.0"
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(or {a} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(and {a} {b})")),
            inner.prop_map(|a| format!("(not {a})")),
        ]
    })
}

fn body() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "a", " ", "\n", "\n  - ", "{", "}", "{%", "{# c #}", "%}", "x: '", "\"", "é", "# ", "\r\n", "${#V}",
    ]);
    let leaf = prop_oneof![
        3 => words.prop_map(str::to_owned),
        4 => text().prop_map(|a| format!("{{{{ {a} }}}}")),
        2 => condition().prop_map(|a| format!("{{{{- {a} }}}}")),
        1 => number().prop_map(|a| format!("{{{{ {a} -}}}}")),
        1 => text().prop_map(|a| format!("{{{{ $s = {a} }}}}")),
        1 => number().prop_map(|a| format!("{{{{ $n = {a} }}}}")),
        1 => text().prop_map(|a| format!("{{{{ $s := {a} }}}}")),
        1 => number().prop_map(|a| format!("{{{{- $n := {a} -}}}}")),
        1 => prop::sample::select(vec![
            "{{/* c #} */}}", "{{- /* d\n */ -}}", "{{ 1.0 }}", "{{ 1e3 }}", "{{ 'a' }}", "{{ $.Codex.ExtraTools }}", "{{ $.Now }}",
            "{{ println $.Slot \"x\" }}", "{{ template \"t\" $ }}", "{{ template \"u\" \"v\" }}", "{{ $.Versions }}", "{{ true }}",
        ]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let many = || prop::collection::vec(inner.clone(), 0..4).prop_map(|all| all.concat());
        let lists = prop::sample::select(vec![
            "range $.Codex.ExtraTools",
            "range $i, $s := $.Codex.ExtraTools",
            "range $n, $s := $.Codex.ExtraTools",
            "range $k, $s := $.Versions",
            "range $s := $.BaseDomain",
            "range $.UserVars",
            "range 3",
            "range $n := 2",
            "range $i, $l := $.Codex.Links",
            "range $.Vars",
            "with $.Codex.Timeouts",
            "with $s",
            "with $n := $.Slot",
            "with $.Versions.api",
        ]);
        prop_oneof![
            (condition(), many(), many())
                .prop_map(|(c, a, b)| format!("{{{{ if {c} }}}}{a}{{{{- else }}}}{b}{{{{ end -}}}}")),
            (condition(), many(), condition(), many())
                .prop_map(|(c, a, d, b)| format!("{{{{ if {c} }}}}{a}{{{{ else if {d} }}}}{b}{{{{ end }}}}")),
            (text(), many()).prop_map(|(c, a)| format!("{{{{ with {c} }}}}{a}{{{{ end }}}}")),
            (lists.clone(), many()).prop_map(|(l, a)| format!("{{{{ {l} }}}}{a}{{{{ end }}}}")),
            (lists, many(), many(), any::<bool>()).prop_map(|(l, a, b, leave)| {
                let leave = if leave && l.starts_with("range") { "{{ break }}" } else { "" };
                format!("{{{{- {l} }}}}{a}{leave}{{{{ else }}}}{b}{{{{ end }}}}")
            }),
        ]
    })
}

fn template() -> impl Strategy<Value = String> {
    prop::collection::vec(body(), 1..6).prop_map(|all| {
        format!(
            "{{{{ define \"t\" }}}}[{{{{ .Env }}}}]{{{{ end }}}}{{{{ define \"u\" }}}}<{{{{ . }}}}>{{{{ end }}}}{{{{ $s := .Env }}}}{{{{ $n := 1 }}}}{}",
            all.concat()
        )
    })
}

fn contexts() -> Vec<Context> {
    let full = context();
    let mut bare = Context {
        env: "dev".into(),
        versions: full.versions.clone(),
        base_domain: full.base_domain.clone(),
        ..Context::default()
    };
    bare.now = full.now;
    let odd = Context {
        slot: 17,
        vars: BTreeMap::from([("NO".into(), "<a href='é'>\"&".into())]),
        env_map: BTreeMap::from([("EMPTY".into(), "Set".into())]),
        ..full.clone()
    };
    vec![full, bare, odd]
}

#[test]
fn refused_or_the_same() {
    let contexts = contexts();
    let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect();
    let keys = [("Versions", keys(&contexts[0].versions)), ("BaseDomain", keys(&contexts[0].base_domain))];
    let keys = keys.into_iter().map(|(name, keys)| (name.to_owned(), keys)).collect();
    let facts = Facts { keys, cautious: true, ..Facts::default() };
    let engines: Vec<Engine> = contexts.into_iter().map(Engine::new).collect();
    let (refused, compared) = (Cell::new(0), Cell::new(0));
    let usual = ProptestConfig::default();
    let cases = usual.cases.max(400);
    let config = ProptestConfig { cases, max_shrink_iters: 4000, failure_persistence: None, ..usual };
    let outcome = TestRunner::new(config).run(&template(), |template| {
        let Ok(converted) = convert("t", &template, &facts) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        prop_assert_eq!(template.matches('\n').count(), converted.text.matches('\n').count());
        for engine in &engines {
            let Ok(go) = engine.render("t", &template, Syntax::Go) else { continue };
            compared.set(compared.get() + 1);
            let jinja = engine.render("t", &converted.text, Syntax::Jinja).map(|output| output.text);
            prop_assert_eq!(
                Ok(go.text),
                jinja.map_err(|error| error.to_string()),
                "{}\n{}",
                template,
                converted.text
            );
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    println!("{} refused, {} renders compared", refused.get(), compared.get());
    assert!(compared.get() > 150, "only {} renders say anything", compared.get());
}
