//! Which dialect a file is in.

use codexctl::template::{Dialect, Syntax, detect};

use crate::support::engine;

fn is(dialect: Dialect, texts: &[&str]) {
    for text in texts {
        match detect(text) {
            Ok(found) => assert_eq!(found, dialect, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn go() {
    is(
        Dialect::Go,
        &[
            "{{ .Env }}",
            "{{.Env}}",
            "{{- .Env -}}",
            "{{ . }}",
            "{{ $x }}",
            "{{ $.Env }}",
            "{{ if eq 1 1 }}x{{ end }}",
            "{{ end }}",
            "{{- end -}}",
            "{{ range .Codex.Links }}",
            "{{ with .Codex }}",
            "{{ define \"x\" }}",
            "{{ template \"x\" . }}",
            "{{ block \"x\" . }}",
            "{{ else }}",
            "{{ $x := 1 }}",
            "{{ x := 1 }}",
            "{{/* note */}}",
            "{{- /* note */ -}}",
            "{{ `raw` }}",
            "{{ envOr \"A\" \"b\" }}",
            "{{ printf \"%s\" Env }}",
            "{{ eq 1 2 }}",
            "{{ \"x\" | envOr \"A\" }}",
            "{{ x | and 0 | print }}",
            "{{ len (index .A 0) }}",
            "{{ (index .A 0).B }}",
            "{{ not .X }}",
            "{{ and true false }}",
            "{{ now.Format \"2006\" }}",
            "{{ ternary (eq 1 1) \"a\" \"b\" }}",
            "{{ if true }}",
            "{{ if (eq 1 1) }}",
            "{{ else if true }}",
            "{{ .Env | slug }}",
            "{{ slug .Env }}",
            "a\n${{ .Env }}\n",
            "{{ print \"{% if x %}\" }}",
            "{{ .Env }} {% x %} {# c #} {%- note -%}",
            "{{ .Env }}\n${#VAR} and ${VAR%%if x}",
            "# {# a comment #}\n{{ .Env }}",
            // No template at all: to Jinja this would be a comment without end.
            "a=(1 2); echo ${#a[@]} ${#} ${#a}",
            "{{ template \"a\" }}",
            "{{ break }}",
            "{{ indent 2 x }}",
            "{{\n.Env\n}}",
            "{{ printf \"}} %s\" .Env }}",
            "{{ 'a' | printf \"%c\" }}",
            "{{ default \"\" \"x\" }}",
            "{{ truncSHA \"a\" }}",
            "{{ now }}",
            "{{ (now).Year }}",
            "{{ now.Year }}",
        ],
    );
}

#[test]
fn jinja() {
    is(
        Dialect::Jinja,
        &[
            "",
            "plain",
            "echo ${#a} {# a comment #}",
            "echo ${#a} {{ Env }}",
            "{{ Env }}",
            "{{ x.y }}",
            "{{ x.y.z }}",
            "{{ x[\"y\"] }}",
            "{{ f(a, b) }}",
            "{{ f(\"a\", 1) }}",
            "{{ a if b else c }}",
            "{{ x is defined }}",
            "{{ x is not defined }}",
            "{{ x is divisibleby 3 }}",
            "{{ not x }}",
            "{{ a and b or not c }}",
            "{{ a in b }}",
            "{{ a not in b }}",
            "{{ x | default(\"y\") }}",
            "{{ x|join(\", \") }}",
            "{{ a ~ \"b\" ~ c }}",
            "{{ 1 + 2 * 3 }}",
            "{{ {\"a\": 1} }}",
            "{{ [1, 2] }}",
            "{{ x[1:2] }}",
            "{{ range(3) }}",
            "{{ template }}",
            "{{ block | upper }}",
            "{% if Env == \"dev\" %}x{% endif %}",
            "{%- for x in y -%}{%- endfor -%}",
            "{% set x = 1 %}",
            "{% macro m() %}{% endmacro %}",
            "{% raw %}{{ .Env }}{% endraw %}",
            "{# note #}",
            "{# {{ .Env }} in Go #}{{ Env }}",
            "${{ github.ref }}",
            "${{ secrets.TOKEN }}",
            "${{ matrix.os == 'linux' && 'a' || 'b' }}",
            "{{ envOr(\"A\", \"b\") }}",
            "{{ \"a b .c\" }}",
            "{{ \"$x\" }}",
            "{{ '.x' }}",
            "{{ x.y(1).z }}",
            "{{ f(x=1) }}",
            "{{ loop.index }}",
            "{{ a == b }}",
            "{{ -1 }}",
            "{{ x if y }}",
            "${VAR}",
            "$(VAR)",
            "{% elif x %}",
            "{{ (a + b) * c }}",
            "{{ foo (1) }}",
            "{{ 1.5 }}",
            "{{ now() }}",
            "{{ now().Year }}",
            "{{ Now.Year }}",
        ],
    );
}

#[test]
fn both() {
    for (text, go, jinja) in [
        ("{{ .Env }}\n{% if x %}", 1, 2),
        ("{% set x = 1 %}\n\n{{ if x }}{{ end }}", 3, 1),
        ("a\n{{ $x := 1 }}\n{% endfor %}", 2, 3),
    ] {
        let error = detect(text).unwrap_err();
        let message = error.message();
        assert!(message.contains(&format!("Go syntax in line {go}")), "{message}");
        assert!(message.contains(&format!("Jinja syntax in line {jinja}")), "{message}");
        let error = engine().render("a/b.yaml", text, Syntax::Auto).unwrap_err();
        assert!(error.to_string().starts_with("a/b.yaml:"), "{error}");
        assert!(engine().render("t", text, Syntax::Auto).is_err());
    }
}

#[test]
fn forced() {
    let engine = engine();
    let output = engine.render("t", "{% if x %}{{ .Env }}", Syntax::Go).unwrap();
    assert_eq!((output.text.as_str(), output.dialect), ("{% if x %}ai", Dialect::Go));
    let output = engine.render("t", "{{ Env }}", Syntax::Jinja).unwrap();
    assert_eq!((output.text.as_str(), output.dialect), ("ai", Dialect::Jinja));
    assert!(engine.render("t", "{{ .Env }}", Syntax::Jinja).is_err());
    for (name, syntax) in [("auto", Syntax::Auto), ("go", Syntax::Go), ("jinja", Syntax::Jinja)] {
        assert_eq!(name.parse(), Ok(syntax));
        assert_eq!(syntax.to_string(), name);
    }
    assert_eq!(
        "Go".parse::<Syntax>().unwrap_err().to_string(),
        "unknown template syntax \"Go\": expected auto, jinja or go"
    );
}
