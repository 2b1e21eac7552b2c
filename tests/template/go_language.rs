//! The Go language beyond the vectors: what `text/template` says to each of these.

use crate::support::{check, check_errors};

#[test]
fn delimiters_and_trimming() {
    check(&[
        ("{{-3}}", "-3"),
        ("{{- 3}}", "3"),
        ("a {{-3}} b", "a -3 b"),
        ("a {{- 3 -}} b", "a3b"),
        ("{{3 -}} b", "3b"),
        ("a\t\r\n {{- 3}}", "a3"),
        ("a\u{a0}{{- 3}}", "a\u{a0}3"),
        ("{{\n.Env\n}}", "ai"),
        ("{{ printf\n\"%s\"\n.Env }}", "ai"),
        ("a{{/* c */}}b", "ab"),
        ("a {{- /* c */}} b", "a b"),
        ("a {{/* c */ -}} b", "a b"),
        ("a{{/* }} */}}b", "ab"),
        ("{{/**/}}x", "x"),
        ("}} stray", "}} stray"),
        ("{ {{ 1 }} }", "{ 1 }"),
        ("{{ \"}}\" }}", "}}"),
        ("{{ `}}` }}", "}}"),
        ("{{ \"{{\" }} x {{ \"}}\" }}", "{{ x }}"),
        ("{%- if x -%} {#- c -#} {% raw %}", "{%- if x -%} {#- c -#} {% raw %}"),
        ("{%{{ 1 }}%}", "{%1%}"),
        ("{{/* c */}}{", "{"),
        ("a{ {{- 1}}", "a{1"),
        ("{ {{- /* c */ -}} % x", "{% x"),
        ("# jinja: {{ \"{% x %}\" }}", "# jinja: {% x %}"),
        ("\r\n{{ .Env }}\r\n", "\r\nai\r\n"),
        ("x\n", "x\n"),
        ("x\n\n", "x\n\n"),
        ("", ""),
        ("{{ if true }}\n{{ end }}\n", "\n\n"),
    ]);
    check_errors(&[
        ("{{ /* c */ }}", 1, "unexpected"),
        ("{{/* c */ }}", 1, "comment ends before closing delimiter"),
        ("\n{{/* c", 2, "unclosed comment"),
        ("\n{{ \"a", 2, "unterminated quoted string"),
        ("{{ \"a\nb\" }}", 1, "unterminated quoted string"),
        ("{{ `a", 1, "unterminated raw quoted string"),
        ("{{ 'a }}", 1, "unterminated character constant"),
        ("\n\n{{ .Env", 3, "unclosed action"),
        ("{{ }}", 1, "missing value for command"),
        ("{{}}", 1, "missing value for command"),
        ("{{- -}}", 1, "illegal number syntax"),
        ("{{ (.Env }}", 1, "unclosed left paren"),
        ("{{ .Env) }}", 1, "unexpected right paren"),
        ("{{ () }}", 1, "missing value for parenthesized pipeline"),
        ("{{ .Env, }}", 1, "unexpected"),
        ("{{ \u{1} }}", 1, "unrecognized character"),
        ("{{ é! }}", 1, "bad character"),
        ("{{ $x: }}", 1, ""),
        ("{{ .Env! }}", 1, "bad character"),
    ]);
}

#[test]
fn literals() {
    check(&[
        ("{{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 0x_1F }} {{ +5 }} {{ 1_0 }}", "5 15 15 31 5 10"),
        (
            "{{ 1e3 }} {{ 1e6 }} {{ 1e20 }} {{ 1e21 }} {{ 123456789.0 }}",
            "1000 1e+06 1e+20 1e+21 1.23456789e+08",
        ),
        ("{{ 1.0 }} {{ .5 }} {{ -.5 }} {{ 1e-5 }} {{ 0.0001 }}", "1 0.5 -0.5 1e-05 0.0001"),
        ("{{ 0x1p4 }} {{ 0x1.8p1 }} {{ 0x1p-2 }} {{ 0X1P+1 }}", "16 3 0.25 2"),
        (
            "{{ 'a' }} {{ '\\n' }} {{ '\\'' }} {{ '\\x41' }} {{ 'é' }} {{ '\\u00e9' }} {{ '世' }}",
            "97 10 39 65 233 233 19990",
        ),
        ("{{ \"\\a\\b\\f\\v\" }}", "\u{7}\u{8}\u{c}\u{b}"),
        ("{{ \"\\101\\x42\\u0043\\U00000044\" }}", "ABCD"),
        ("{{ \"\\xc3\\xa9\" }}", "é"),
        ("{{ `a\nb` }}c", "a\nbc"),
        ("{{ `a\\n` }}", "a\\n"),
        ("{{ true }} {{ false }}", "true false"),
        ("{{ 9223372036854775807 }} {{ -9223372036854775808 }}", "9223372036854775807 -9223372036854775808"),
        ("{{ -0.0 }} {{ -0 }}", "-0 0"),
        ("{{ 100000.0 }} {{ 1234567.8 }}", "100000 1.2345678e+06"),
        ("{{ printf \"%T %T %T %T\" 1 1.5 'a' \"s\" }}", "int float64 int string"),
    ]);
    check_errors(&[
        ("{{ 08 }}", 1, "integer overflow"),
        ("{{ 1__0 }}", 1, ""),
        ("{{ 9223372036854775808 }}", 1, "overflows int"),
        ("{{ 99999999999999999999999 }}", 1, "overflow"),
        ("{{ 1x }}", 1, "bad number syntax"),
        ("{{ 0b12 }}", 1, "bad number syntax"),
        ("{{ '' }}", 1, "malformed character constant"),
        ("{{ 'ab' }}", 1, "malformed character constant"),
        ("{{ \"\\q\" }}", 1, "invalid escape"),
        ("{{ \"\\'\" }}", 1, "invalid escape"),
        ("{{ - }}", 1, "illegal number syntax"),
        ("{{ 1e400 }}", 1, "illegal number syntax"),
        ("{{ \"a\".b }}", 1, "unexpected . after"),
        ("{{ 1.b }}", 1, ""),
    ]);
}

#[test]
fn variables_and_scope() {
    check(&[
        ("{{ $x := 1 }}", ""),
        ("{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "2"),
        ("{{ $ := 1 }}{{ $ }}", "1"),
        ("{{ $x := 1 }}{{ with 2 }}{{ $x = . }}{{ end }}{{ $x }}", "2"),
        ("{{ $x := 1 }}{{ range .Codex.ExtraTools }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}{{ $x }}", "1"),
        (
            "{{ $s := \"\" }}{{ range $i, $t := .Codex.ExtraTools }}{{ if $i }}{{ $s = print $s \",\" }}{{ end }}{{ $s = print $s $t }}{{ end }}{{ $s }}",
            "psql,redis-cli",
        ),
        ("{{ $x := .Codex }}{{ $x.Timeouts.Exec }} {{ len $x.ExtraTools }}", "60m 2"),
        ("{{ $x := 1 }}{{ $x := printf \"%d2\" $x }}{{ $x }}", "12"),
        ("{{ if $x := .Env }}{{ $x }}{{ end }}", "ai"),
        ("{{ if $x := \"\" }}a{{ else }}[{{ $x }}]{{ end }}", "[]"),
        ("{{ if $x := \"\" }}a{{ else if $y := .Env }}{{ $x }}{{ $y }}{{ end }}", "ai"),
        ("{{ with $x := .Env }}{{ $x }}{{ . }}{{ $.Project }}{{ end }}", "aiaishop"),
        (
            "{{ $x := 0 }}{{ range $x = .Codex.ExtraTools }}{{ $x }} {{ end }}{{ $x }}",
            "psql redis-cli redis-cli",
        ),
        (
            "{{ $i := 0 }}{{ $v := 0 }}{{ range $i, $v = .Versions }}{{ end }}{{ $i }}={{ $v }}",
            "web-ui=0.9.0",
        ),
        ("{{ range $x := slice .Codex.ExtraTools 2 }}a{{ else }}{{ $x }}{{ end }}", "[]"),
        ("{{ ($x := 3) }}{{ $x }}", "33"),
        ("{{ if ($y := .Env) }}{{ $y }}{{ end }}", "ai"),
        ("{{ $x := 1 }}{{ ($x = 5) }}{{ $x }}", "55"),
        (
            "{{ $x := \"a\" }}{{ define \"d\" }}{{ $x := \"b\" }}{{ $x }}{{ end }}{{ template \"d\" }}{{ $x }}",
            "ba",
        ),
        (
            "{{ range $i, $e := .Codex.ExtraTools }}{{ range $j, $f := $.Codex.Links }}{{ $i }}{{ $j }}{{ $e }}{{ $f.Title }} {{ end }}{{ end }}",
            "00psqlAdmin 01psqlDocs 10redis-cliAdmin 11redis-cliDocs ",
        ),
    ]);
    check_errors(&[
        ("{{ $x }}", 1, "undefined variable \"$x\""),
        ("{{ $x = 1 }}", 1, "undefined variable"),
        ("{{ $x := $x }}", 1, "undefined variable"),
        ("{{ if true }}{{ $x := 1 }}{{ end }}\n{{ $x }}", 2, "undefined variable"),
        ("{{ with $x := 1 }}{{ end }}{{ $x }}", 1, "undefined variable"),
        ("{{ $x := 1 }}{{ define \"a\" }}{{ $x }}{{ end }}", 1, "undefined variable"),
        ("{{ $x, $y := .Versions }}", 1, "too many declarations"),
        ("{{ range $a, $b, $c := .Versions }}{{ end }}", 1, "too many declarations"),
        ("{{ $x := 1 }}{{ $x 2 }}", 1, "can't give an argument"),
        ("{{ $x := }}", 1, "missing value"),
    ]);
}

#[test]
fn control_flow() {
    check(&[
        ("{{ if 0.0 }}a{{ else }}b{{ end }}", "b"),
        ("{{ if -1 }}a{{ end }}", "a"),
        ("{{ if .Codex.Timeouts }}a{{ end }}{{ if .Storage }}b{{ end }}{{ if .Now }}c{{ end }}", "abc"),
        ("{{ if .Vars }}a{{ else }}b{{ end }}", "b"),
        ("{{ if .Versions.nothing }}a{{ else }}b{{ end }}", "b"),
        ("{{ if .Storage.Data.AccessModes }}a{{ else }}b{{ end }}", "b"),
        ("{{ if not .Codex.Model }}{{ .Slot }}{{ end }}", "3"),
        ("{{ if false }}{{ nil }}{{ end }}ok", "ok"),
        ("{{ if false }}{{ .Nothing }}{{ template \"none\" }}{{ end }}ok", "ok"),
        ("{{if eq 1 1}}{{if eq 1 2}}x{{else}}y{{end}}{{end}}", "y"),
        ("{{ if false }}1{{ else if false }}2{{ else if true }}3{{ else }}4{{ end }}", "3"),
        ("{{ with \"\" }}1{{ else with .Env }}{{ . }}{{ else }}3{{ end }}", "ai"),
        ("{{ with \"\" }}1{{ else with \"\" }}2{{ else }}{{ .Env }}{{ end }}", "ai"),
        ("{{ with .Codex }}{{ with .Timeouts }}{{ .Exec }}{{ end }}{{ .Links | len }}{{ end }}", "60m2"),
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        ("{{ range 0 }}a{{ else }}none{{ end }}", "none"),
        ("{{ range -2 }}a{{ else }}none{{ end }}", "none"),
        ("{{ range .Slot }}{{ . }}{{ end }}", "012"),
        ("{{ range .Vars }}a{{ else }}none{{ end }}", "none"),
        ("{{ range .Versions.nothing }}a{{ else }}none{{ end }}", "none"),
        (
            "{{ range $i, $x := .Codex.Links }}{{ $i }}:{{ .Title }}{{ $x.Path }} {{ end }}",
            "0:Admin/admin 1:Docs/docs ",
        ),
        (
            "{{ range 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}",
            "02",
        ),
        ("{{ range 2 }}{{ range 3 }}{{ if . }}{{ break }}{{ end }}{{ . }}{{ end }};{{ end }}", "0;0;"),
        ("{{ range 1 }}{{ break }}{{ else }}x{{ end }}", ""),
        ("{{ range 1 }}{{ continue }}{{ else }}x{{ end }}", ""),
        ("{{ range .Codex.ExtraTools }}{{ with . }}{{ break }}{{ end }}{{ end }}ok", "ok"),
        (
            "a{{ range $k, $v := .BaseDomain }}\n{{ $k }}: {{ $v }}{{ end }}\n",
            "a\nai: ai.shop.test\ndev: dev.shop.test\n",
        ),
        ("{{- range 2 }}\n- {{ . }}\n{{- end }}\n", "\n- 0\n- 1\n"),
        ("{{ range $i, $c := .EnvMap }}{{ $i }} {{ end }}", "DEBUG EMPTY REGISTRY_HOST TEAM "),
    ]);
    check_errors(&[
        ("a\n{{ break }}", 2, "outside"),
        ("{{ if true }}{{ continue }}{{ end }}", 1, "outside"),
        ("{{ range 1 }}{{ break 1 }}{{ end }}", 1, "unexpected"),
        ("{{ range 1 }}{{ end }}{{ break }}", 1, "outside"),
        ("{{ range 1 }}{{ block \"b\" . }}{{ break }}{{ end }}{{ end }}", 1, "outside"),
        ("\n{{ else }}", 2, "unexpected {{else}}"),
        ("{{ if true }}{{ else }}{{ else }}{{ end }}", 1, "expected {{end}}"),
        ("{{ if true }}{{ else }}{{ else if true }}{{ end }}", 1, "expected {{end}}"),
        ("{{ if true }}{{ else with 1 }}{{ end }}", 1, "unexpected"),
        ("{{ with 1 }}{{ else if true }}{{ end }}", 1, "unexpected"),
        ("{{ range 1 }}{{ else if true }}{{ end }}", 1, "range has no"),
        ("{{ if }}{{ end }}", 1, "missing value for if"),
        ("{{ range }}{{ end }}", 1, "missing value for range"),
        ("{{ with }}{{ end }}", 1, "missing value for with"),
        ("{{ end 1 }}", 1, "unexpected"),
        ("{{ range .Env }}{{ end }}", 1, "can't iterate over"),
        ("{{ range 1.5 }}{{ end }}", 1, "can't iterate over"),
        ("{{ range true }}{{ end }}", 1, "can't iterate over"),
        ("{{ range .Codex }}{{ end }}", 1, "can't iterate over"),
        ("{{ range $i, $x := 3 }}{{ end }}", 1, "more than one variable"),
        ("a\n{{ range 2 }}\n{{ if true }}", 3, "unexpected end of file"),
        ("{{ range $i .Codex.Links }}{{ end }}", 1, ""),
    ]);
}

#[test]
fn definitions() {
    check(&[
        ("{{ template \"x\" .Env }}{{ define \"x\" }}<{{ . }}>{{ end }}", "<ai>"),
        ("{{ define \"x\" }}{{ end }}{{ define \"x\" }}b{{ end }}{{ template \"x\" }}", "b"),
        ("{{ define \"x\" }}a{{ end }}{{ define \"x\" }} {{/* empty */}} {{ end }}{{ template \"x\" }}", "a"),
        ("{{ define `x` }}a{{ end }}{{ template `x` }}", "a"),
        ("{{ block \"b\" .Codex }}{{ .Timeouts.Exec }}{{ end }}{{ template \"b\" .Codex }}", "60m60m"),
        ("{{ range .Codex.ExtraTools }}{{ block \"t\" . }}[{{ . }}]{{ end }}{{ end }}", "[psql][redis-cli]"),
        (
            "{{ define \"a\" }}a{{ template \"b\" . }}{{ end }}{{ define \"b\" }}b{{ . }}{{ end }}{{ template \"a\" 1 }}",
            "ab1",
        ),
        ("{{ define \"x\" }}{{ $ }}{{ end }}{{ template \"x\" 7 }}", "7"),
        ("{{ define \"x\" }}{{ .Env }}{{ end }}{{ template \"x\" }}", "<no value>"),
        (
            "{{ define \"x\" }}{{ range . }}{{ template \"y\" . }}{{ end }}{{ end }}{{ define \"y\" }}{{ . }},{{ end }}{{ template \"x\" .Codex.ExtraTools }}",
            "psql,redis-cli,",
        ),
        ("a{{- define \"x\" -}} x {{- end -}} b", "ab"),
        ("{{ define \"sp ace\" }}1{{ end }}{{ template \"sp ace\" }}", "1"),
    ]);
    check_errors(&[
        ("{{ template \"x\" }}", 1, "template \"x\" not defined"),
        ("\n{{ define \"x\" }}a{{ end }}\n{{ define \"x\" }}b{{ end }}", 3, "multiple definition"),
        ("{{ define x }}{{ end }}", 1, "unexpected \"x\" in define clause"),
        ("{{ define \"x\" . }}{{ end }}", 1, "unexpected"),
        ("{{ template x }}", 1, "unexpected"),
        ("{{ block \"x\" }}{{ end }}", 1, "missing value for block clause"),
        ("{{ if true }}{{ define \"x\" }}{{ end }}{{ end }}", 1, "unexpected"),
        ("{{ define \"x\" }}{{ template \"x\" }}{{ end }}\n{{ template \"x\" }}", 1, "deep"),
        (
            "{{ define \"x\" }}\n{{ .Nothing }}{{ end }}\n{{ template \"x\" . }}",
            2,
            "can't evaluate field Nothing",
        ),
        ("{{ define \"x\" }}", 1, "unexpected end of file"),
        ("{{ define \"x\" }}{{ else }}{{ end }}", 1, "unexpected {{else}}"),
    ]);
}
