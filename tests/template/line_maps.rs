//! Where the lines of an output came from.

use codexctl::template::Syntax;

use crate::support::engine;

fn map(text: &str, syntax: Syntax) -> Vec<(u32, String)> {
    let engine = engine();
    let output = engine.render("t", text, syntax).unwrap().text;
    let lines = engine.line_map("t", text, syntax).unwrap();
    let shown: Vec<&str> = output.split('\n').collect();
    assert_eq!(lines.len(), shown.len(), "{output:?}");
    lines.into_iter().zip(shown).map(|(line, text)| (line, text.to_owned())).collect()
}

/// Output lines that are not blank, with their lines in the template.
fn check(text: &str, syntax: Syntax, expected: &[(u32, &str)]) {
    let found = map(text, syntax);
    let found: Vec<_> =
        found.iter().filter(|(_, t)| !t.trim().is_empty()).map(|(line, t)| (*line, t.trim_end())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn go() {
    check("a\nb {{ .Env }}\nc\n", Syntax::Go, &[(1, "a"), (2, "b ai"), (3, "c")]);
    check("{{- $x := 1 -}}\n\na: {{ $x }}\n{{/* two\nlines */}}\nb\n", Syntax::Go, &[(3, "a: 1"), (6, "b")]);
    check(
        "{{ range 2 }}\n- {{ . }}\n  x\n{{- end }}\nz",
        Syntax::Go,
        &[(2, "- 0"), (3, "  x"), (2, "- 1"), (3, "  x"), (5, "z")],
    );
    check(
        "a\n{{ .Codex.ProjectContext }}\nb",
        Syntax::Go,
        &[(1, "a"), (2, "Read AGENTS.md first."), (2, "Then run the tests."), (3, "b")],
    );
}

#[test]
fn go_definitions() {
    check(
        "{{ define \"d\" }}\nin: {{ . }}\nmore\n{{ end }}\na\n{{ template \"d\" 1 }}\nb\n",
        Syntax::Go,
        &[(5, "a"), (2, "in: 1"), (3, "more"), (7, "b")],
    );
    check(
        "{{ range 2 }}{{ block \"d\" . }}\nx{{ . }}{{ template \"e\" . }}\n{{ end }}{{ end }}{{ define \"e\" }}\ny\n{{ end }}",
        Syntax::Go,
        &[(2, "x0"), (4, "y"), (2, "x1"), (4, "y")],
    );
}

#[test]
fn jinja() {
    check("a\nb {{ Env }}\nc\n", Syntax::Jinja, &[(1, "a"), (2, "b ai"), (3, "c")]);
    check("{% set x = 1 -%}\n\na: {{ x }}\n{# two\nlines #}\nb\n", Syntax::Jinja, &[(3, "a: 1"), (6, "b")]);
    check(
        "{% for i in range(2) %}\n- {{ i }}\n  x\n{%- endfor %}\nz",
        Syntax::Jinja,
        &[(2, "- 0"), (3, "  x"), (2, "- 1"), (3, "  x"), (5, "z")],
    );
    check("{% raw %}\n{{ a }}\n{% endraw %}\nb\n", Syntax::Jinja, &[(2, "{{ a }}"), (4, "b")]);
    check(
        "a\n{{ Codex.ProjectContext }}\nb",
        Syntax::Jinja,
        &[(1, "a"), (2, "Read AGENTS.md first."), (2, "Then run the tests."), (3, "b")],
    );
}

#[test]
fn jinja_macros() {
    check(
        "{% macro m(x) %}\nin: {{ x }}\nmore\n{% endmacro %}\na\n{{ m(1) }}\nb\n",
        Syntax::Jinja,
        &[(5, "a"), (2, "in: 1"), (3, "more"), (7, "b")],
    );
}

#[test]
fn empty() {
    assert_eq!(map("", Syntax::Auto), [(1, String::new())]);
    assert_eq!(map("{{/* x */}}", Syntax::Auto), [(1, String::new())]);
}
