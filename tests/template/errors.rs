//! What errors and warnings of Go templates look like, and where they point.

use codexctl::template::Syntax;

use crate::support::{engine, go};

#[test]
fn displays() {
    let cases = [
        (
            "a: 1\nb: {{ frobnicate .Env }}\n",
            "t:2:7: function \"frobnicate\" not defined\n  |\n2 | b: {{ frobnicate .Env }}\n  |       ^",
        ),
        (
            "{{ envor \"A\" \"b\" }}",
            "t:1:4: function \"envor\" not defined\n  |\n1 | {{ envor \"A\" \"b\" }}\n  |    ^\nhelp: did you mean \"envOr\"?",
        ),
        (
            "é {{ .Nmespace }}",
            "t:1:6: can't evaluate field Nmespace in type Context\n  |\n1 | é {{ .Nmespace }}\n  |      ^\nhelp: did you mean \"Namespace\"?",
        ),
        (
            "{{ $host := 1 }}{{ $hots }}",
            "t:1:20: undefined variable \"$hots\"\n  |\n1 | {{ $host := 1 }}{{ $hots }}\n  |                    ^\nhelp: did you mean \"$host\"?",
        ),
        (
            "{{ if true }}\nx\n",
            "t:3:1: unexpected end of file\n  |\n3 |\n  | ^\nhelp: {{if}} of line 1 has no {{end}}",
        ),
        (
            "{{ template \"tga\" }}{{ define \"tag\" }}{{ end }}",
            "t:1:4: template \"tga\" not defined\n  |\n1 | {{ template \"tga\" }}{{ define \"tag\" }}{{ end }}\n  |    ^\nhelp: did you mean \"tag\"?",
        ),
        (
            "a: 1\nx: {{ .Env\ny: 1\n",
            "t:3:1: function \"y\" not defined\n  |\n3 | y: 1\n  | ^\nhelp: the action that was opened in line 2 is still open here",
        ),
        (
            "x: {{ .Env\nprntf: 1\n",
            "t:2:1: function \"prntf\" not defined\n  |\n2 | prntf: 1\n  | ^\n\
             help: the action that was opened in line 1 is still open here; did you mean \"printf\"?",
        ),
    ];
    for (template, expected) in cases {
        let shown = go(template).unwrap_err().to_string();
        let trimmed: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let expected: Vec<&str> = expected.lines().map(str::trim_end).collect();
        assert_eq!(trimmed, expected, "{shown}");
    }
}

/// Prometheus, Helm, Docker and GitHub write their templates with the same braces.
#[test]
fn text_for_other_programs_can_be_kept() {
    for (text, kept) in [
        ("{{ $labels.instance }}", "{{ `{{ $labels.instance }}` }}"),
        ("a {{ $value | humanize }} b", "a {{ `{{ $value | humanize }}` }} b"),
        ("{{ .Values.image.tag }}", "{{ `{{ .Values.image.tag }}` }}"),
        ("{{ include \"x.labels\" . }}", "{{ `{{ include \"x.labels\" . }}` }}"),
        ("{{.Env}} {{.Names}}", "{{.Env}} {{ `{{.Names}}` }}"),
        ("${{ secrets.X }}", "${% raw %}{{ secrets.X }}{% endraw %}"),
        ("{{ Env }} ${{ github.event.number }}", "{{ Env }} ${% raw %}{{ github.event.number }}{% endraw %}"),
        ("{{ toYaml(x) }}", "{% raw %}{{ toYaml(x) }}{% endraw %}"),
    ] {
        let error = engine().render("t", text, Syntax::Auto).unwrap_err();
        let hint = error.hint().unwrap_or_default();
        let written = hint.strip_prefix("to keep it as text for another program, write ");
        let written = written.unwrap_or_else(|| panic!("{text}: {error}"));
        assert!(kept.contains(written), "{text}: {error}");
        let rendered = engine().render("t", kept, Syntax::Auto).unwrap().text;
        assert_eq!(rendered, text.replace("{{.Env}}", "ai").replace("{{ Env }}", "ai"));
    }
    // What is only misspelt is no other program's.
    for text in ["{{ .Nmespace }}", "{{ Nmespace }}", "{{ $x }}", "{{ index .Codex.Names 1 }}"] {
        let error = engine().render("t", text, Syntax::Auto).unwrap_err();
        assert!(!error.to_string().contains("as text"), "{error}");
    }
}

#[test]
fn positions_are_those_of_the_failing_part() {
    for (template, line, column) in [
        ("{{ printf \"%s\" (index .Codex.ExtraTools 9) }}", 1, 17),
        ("{{ if true }}\n\n  {{ .Nothing }}\n{{ end }}", 3, 6),
        ("{{/* a\nb\nc */}}{{ .Nothing }}", 3, 10),
        ("a\n\n  {{- /* x */ -}}  \n\n {{ .Nothing }}", 5, 5),
        ("{{ range .Codex.Links }}\n{{ .Title }}\n{{ .Nothing }}\n{{ end }}", 3, 4),
        ("{{ print `a\nb`\n.Nothing }}", 3, 1),
        ("{{ with .Codex }}\n{{ .Model }}{{ else }}\n{{ end }}\n{{ toLower 1 }}", 4, 4),
        ("{{ define \"a\" }}\n{{ toLower . }}\n{{ end }}\n\n{{ template \"a\" 3 }}", 2, 4),
        ("x {{ $a := 1 }}\n{{ $a = toLower $a }}", 2, 9),
        ("\r\n{{ .Nothing }}\r\n", 2, 4),
    ] {
        let error = go(template).unwrap_err();
        assert_eq!((error.line(), error.column()), (line, Some(column)), "{template}: {error}");
        assert!(error.source_line().is_some());
    }
}

#[test]
fn messages_talk_go() {
    for template in [
        "{{ .Nothing }}",
        "{{ range 1.5 }}{{ end }}",
        "{{ len 1 }}",
        "{{ $x }}",
        "{{ print (call nil) }}",
        "{{ template \"a\" }}",
    ] {
        let shown = go(template).unwrap_err().to_string();
        for leak in ["undefined value", "go.", "d0", "invalid operation", "minijinja", "{%"] {
            assert!(!shown.contains(leak), "{shown}");
        }
    }
}

#[test]
fn a_shell_length_in_jinja_is_a_warning_where_it_drops_text() {
    let warned = |text: &str| {
        let output = engine().render("t", text, Syntax::Auto).unwrap();
        (output.text, output.warnings.first().map(|warning| warning.line))
    };
    assert_eq!(warned("{{ Env }}\na ${#b} c ${#} d"), ("ai\na $ d".into(), Some(2)));
    for kept in ["{{ Env }} {# ${#b} #}", "{% raw %}${#b} ${#}{% endraw %}", "${#b} ${#}"] {
        assert_eq!(warned(kept).1, None, "{kept}");
    }
    assert_eq!(warned("${#b} ${#}").0, "${#b} ${#}");
}

#[test]
fn missing_versions_are_warnings() {
    let template = "{{ .Versions.apy }}\n{{ index .Versions \"web\" }}{{ index .Versions \"web\" }}\n{{ range 3 }}{{ $.Versions.apy }}{{ end }}\n{{ .Vars.none }}";
    let output = engine().render("t", template, Syntax::Auto).unwrap();
    assert_eq!(output.text, "<no value>\n\n<no value><no value><no value>\n<no value>");
    let warnings: Vec<_> = output.warnings.iter().map(|w| (w.line, w.message.as_str())).collect();
    assert_eq!(
        warnings,
        [
            (1, "Versions has no \"apy\"; did you mean \"api\"?"),
            (2, "Versions has no \"web\"; known: api, web-ui"),
            (3, "Versions has no \"apy\"; did you mean \"api\"?"),
        ]
    );
}
