//! No template, however odd, takes the process down: no panic, no overflow of the stack, no endless run.

use std::time::{Duration, Instant};

use codexctl::template::{Syntax, TemplateError, detect};
use proptest::prelude::*;

use crate::support::{engine, go, jinja};

/// An error with this in its message, soon.
fn soon(outcome: impl FnOnce() -> Result<String, TemplateError>, part: &str) {
    let start = Instant::now();
    let error = outcome().map(|text| text.len()).unwrap_err();
    assert!(error.message().contains(part), "{error}");
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
}

#[test]
fn deep_go() {
    let n = 100_000;
    soon(|| go(&format!("{{{{ {}1{} }}}}", "(".repeat(n), ")".repeat(n))), "nested too deeply");
    soon(|| go(&"{{if true}}".repeat(n)), "nested too deeply");
    soon(|| go(&"{{range 1}}".repeat(n)), "nested too deeply");
    soon(|| go(&format!("{{{{if false}}}}{}{{{{end}}}}", "{{else if false}}".repeat(n))), "more than");
    soon(|| go(&format!("{{{{with 0}}}}{}{{{{end}}}}", "{{else with 0}}".repeat(n))), "nested too deeply");
    soon(|| go(&format!("{{{{ 1{} }}}}", " | print".repeat(n))), "stages");
    soon(|| go(&"{{ block \"a\" . }}".repeat(n)), "nested too deeply");
    assert_eq!(go(&format!("{{{{ or{} 1 }}}}", " 0".repeat(n))).unwrap(), "1");
    assert_eq!(go(&format!("{{{{ .Versions.none{} }}}}", ".a".repeat(n))).unwrap(), "<no value>");
    assert_eq!(go(&"{{ $x := 1 }}".repeat(3000)).unwrap(), "");
}

#[test]
fn as_deep_as_is_allowed_in_go() {
    for depth in [10, 30, 58] {
        let parens = format!("{{{{ {}1{} }}}}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(go(&parens).unwrap(), "1");
        let ifs = format!("{}x{}", "{{if 1}}".repeat(depth), "{{end}}".repeat(depth));
        assert_eq!(go(&ifs).unwrap(), "x");
        let ranges = format!("{}x{}", "{{range 1}}".repeat(depth), "{{else}}y{{end}}".repeat(depth));
        assert_eq!(go(&ranges).unwrap(), "x");
        let withs = format!("{}x{}", "{{with 1}}".repeat(depth), "{{end}}".repeat(depth));
        assert_eq!(go(&withs).unwrap(), "x");
        let calls = format!("{{{{ {}1{} }}}}", "(print ".repeat(depth), ")".repeat(depth));
        assert_eq!(go(&calls).unwrap(), "1");
        let ors = format!("{{{{ {}1{} }}}}", "(or 0 ".repeat(depth), ")".repeat(depth));
        assert_eq!(go(&ors).unwrap(), "1");
    }
    let arms = format!("{{{{if 0}}}}{}{{{{else}}}}z{{{{end}}}}", "{{else if 0}}a".repeat(100));
    assert_eq!(go(&arms).unwrap(), "z");
    let mixed = format!(
        "{}{{{{ {}1{} }}}}{}",
        "{{if 1}}".repeat(30),
        "(or 0 ".repeat(25),
        ")".repeat(25),
        "{{end}}".repeat(30)
    );
    assert_eq!(go(&mixed).unwrap(), "1");
}

#[test]
fn recursion_in_go() {
    soon(|| go("{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}"), "deep");
    soon(
        || {
            go(
                "{{ define \"x\" }}{{ template \"y\" . }}{{ end }}{{ define \"y\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" }}",
            )
        },
        "deep",
    );
    let countdown = "{{ define \"n\" }}{{ len . }}{{ if . }}{{ template \"n\" (slice . 1) }}{{ end }}{{ end }}{{ template \"n\" \"0123456789012345678901234567890\" }}";
    assert!(go(countdown).unwrap().ends_with("3210"));
}

#[test]
fn endless_go() {
    let tired = "does too much";
    soon(|| go("{{ range 1000000000000 }}{{ end }}"), tired);
    soon(|| go("{{ range 1000000000000 }}{{ range 1000000000000 }}x{{ end }}{{ end }}"), tired);
    soon(
        || {
            go(
                "{{ range 1000000000 }}a long line of text, again and again, until there is no more room\n{{ end }}",
            )
        },
        tired,
    );
    soon(|| go("{{ $x := \"ab\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}"), "");
    soon(
        || {
            go(&format!("{{{{ define \"a0\" }}}}x{{{{ end }}}}{}{{{{ template \"a40\" }}}}", (1..=40).map(|n| format!("{{{{ define \"a{n}\" }}}}{{{{ template \"a{0}\" }}}}{{{{ template \"a{0}\" }}}}{{{{ end }}}}", n - 1)).collect::<String>()))
        },
        tired,
    );
    soon(|| go("{{ indent 1000000000 \"x\" }}"), "larger than");
    soon(|| go("{{ indent 9223372036854775807 \"x\" }}"), "larger than");
    soon(
        || go(&format!("{{{{ printf \"{}\"{} }}}}", "%999999d".repeat(100), " 1".repeat(100))),
        "larger than",
    );
    assert_eq!(go("{{ printf \"%999999999d\" 1 }}").unwrap(), "%!(NOVERB)%!(EXTRA int=1)");
    assert_eq!(go("{{ len (printf \"%1000000d\" 1) }}").unwrap(), "1000000");
    assert_eq!(go("{{ len (printf \"%.1000000f\" 1.0) }}").unwrap(), "1000002");
    for verb in ["U", "d", "x", "o", "c", "q", "s", "v", "f", "e", "g", "b", "X", "t", "T"] {
        for arg in ["1", "1.5", "\"a\"", "true", "nil", ".Codex", ".Now"] {
            for format in ["%.70000", "%#070000.66000", "%-+ #70000"] {
                let _ = go(&format!("{{{{ len (printf \"{format}{verb}\" {arg}) }}}}")).unwrap();
            }
        }
    }
    assert_eq!(go("{{ printf \"%*d\" 1000001 1 }}").unwrap(), "%!(BADWIDTH)1");
}

#[test]
fn long_but_harmless_jinja() {
    let words = "word + word. ".repeat(1000);
    assert_eq!(jinja(&format!("{{{{ \"{words}\" }}}}")).unwrap(), words);
    assert_eq!(jinja(&format!("{{% raw %}}{{{{ {words}{{% endraw %}}")).unwrap(), format!("{{{{ {words}"));
    assert_eq!(jinja(&format!("{{# {{{{ {words} #}}x")).unwrap(), "x");
    let list = vec!["1"; 5000].join(", ");
    assert_eq!(jinja(&format!("{{{{ [{list}] | length }}}}")).unwrap(), "5000");
}

#[test]
fn odd_jinja() {
    let n = 100_000;
    let deep = "nested too deeply";
    soon(|| jinja(&format!("{{{{ {}1{} }}}}", "(".repeat(n), ")".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ {}1{} }}}}", "[".repeat(n), "]".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ {}1 }}}}", "not ".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ {}1 }}}}", "-".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ 1{} }}}}", " + 1".repeat(n))), deep);
    soon(|| jinja(&format!("{{% set x = \"%}}\"{} %}}", " + 1".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ 1{} }}}}", "|string".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ Env{} }}}}", ".a".repeat(n))), deep);
    soon(|| jinja(&format!("{{{{ 1{} }}}}", " if 1 else 2".repeat(n))), deep);
    soon(|| jinja(&"{% if 1 %}".repeat(n)), "nested too deeply");
    soon(|| jinja(&format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(n))), deep);
    soon(
        || jinja("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}"),
        "does too much",
    );
    soon(|| jinja("{{ \"x\" * 1000000000000 }}"), "");
    soon(|| jinja("{{ indent(1000000000, \"x\") }}"), "too large");
    soon(|| jinja("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"), deep);
    soon(
        || {
            jinja(
                "{% set ns = namespace(x=\"ab\") %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            )
        },
        "does too much",
    );
}

#[test]
fn large_inputs_take_time_in_proportion() {
    let start = Instant::now();
    for piece in [
        "{#",
        "${#a}",
        "{% if ",
        "{% if \"",
        "{{",
        "{{ \"",
        "{{ '",
        "{% raw %}",
        "}}",
        "{{/*",
        "{{ a }}",
        "{{ `",
    ] {
        let text = piece.repeat(150_000);
        let _ = detect(&text);
        let _ = go(&text);
        let _ = jinja(&text).map(|output| output.len());
        let _ = detect(&format!("{text}#}}%}}}}}}"));
    }
    soon(|| go(&(0..20_000).map(|n| format!("{{{{ $v{n} := 1 }}}}")).collect::<String>()), "variables");
    soon(
        || go(&(0..2000).map(|n| format!("{{{{ define \"{n}\" }}}}x{{{{ end }}}}\n")).collect::<String>()),
        "definitions",
    );
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
}

/// Pieces of both languages, right and wrong.
const PIECES: [&str; 70] = [
    "{{",
    "}}",
    "{{-",
    "-}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{{ ",
    " }}",
    "{{- ",
    " -}}",
    "if ",
    "else",
    "end",
    "range ",
    "with ",
    "define ",
    "template ",
    "block ",
    "break",
    "continue",
    "\"a\"",
    "\"x",
    "`",
    "'",
    "'a'",
    "\"%5d\"",
    "\"%[2]*d\"",
    "$",
    "$x",
    "$x := ",
    "$x = ",
    ":=",
    ".",
    ".Env",
    ".Codex.Links",
    ".Versions",
    ".Versions.none",
    ".Now",
    ".Title",
    "(",
    ")",
    "|",
    ",",
    "=",
    " ",
    "\n",
    "1",
    "-1",
    "0x1F",
    "1e3",
    "nil",
    "true",
    "eq ",
    "index ",
    "printf ",
    "print ",
    "slice ",
    "len ",
    "and ",
    "or ",
    "not ",
    "/*",
    "*/",
    "for i in range(3)",
    "endfor",
    "Env",
    "raw",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        let engine = engine();
        for syntax in [Syntax::Auto, Syntax::Go, Syntax::Jinja] {
            let _ = engine.render("t", &text, syntax).map_err(|error| error.to_string());
            let _ = engine.line_map("t", &text, syntax);
        }
    }

    #[test]
    fn any_tokens(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24)) {
        let text = pieces.concat();
        let engine = engine();
        let _ = detect(&text);
        for syntax in [Syntax::Auto, Syntax::Go, Syntax::Jinja] {
            match engine.render("t", &text, syntax) {
                Ok(output) => {
                    let lines = engine.line_map("t", &text, syntax).unwrap();
                    prop_assert_eq!(lines.len(), output.text.split('\n').count());
                }
                Err(error) => prop_assert!(!error.to_string().contains('[') || !error.to_string().contains("(in ")),
            }
        }
    }

    #[test]
    fn any_action(pieces in prop::collection::vec(prop::sample::select(&PIECES[16..]), 0..12)) {
        let text = format!("{{{{ {} }}}}", pieces.join(" "));
        let outcome = go(&text);
        if let Err(error) = outcome {
            let shown = error.to_string();
            prop_assert!(!shown.contains("undefined value") && !shown.contains("cannot be evaluated"), "{}", shown);
        }
    }
}
