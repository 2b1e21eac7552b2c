//! Go templates as Jinja: what is written, that it renders the same, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use codexctl::template::{Context, Converted, Dialect, Engine, Facts, Syntax, Unconverted, convert, detect};

use crate::support::{context, vectors};

/// What is known of the vectors' context.
fn facts(context: &Context) -> Facts {
    let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<BTreeSet<String>>();
    let maps = [("Versions", keys(&context.versions)), ("BaseDomain", keys(&context.base_domain))];
    Facts { keys: maps.into_iter().map(|(name, keys)| (name.to_owned(), keys)).collect(), ..Facts::default() }
}

/// Converts; refusals as text.
fn converted(template: &str) -> Result<Converted, String> {
    convert("t", template, &facts(&context())).map_err(|why| match why {
        Unconverted::Invalid(error) => format!("invalid: {}", error.message()),
        Unconverted::Refused(all) => {
            assert!(!all.is_empty());
            all.iter()
                .map(|one| format!("{}: {} ({})", one.line, one.construct, one.advice))
                .collect::<Vec<_>>()
                .join("\n")
        }
    })
}

/// Checks that both versions render the same, are on as many lines, and that the Jinja is known as such.
fn same(engine: &Engine, template: &str, jinja: &str) -> Result<(), String> {
    let go = engine.render("t", template, Syntax::Go).map(|output| output.text);
    let new = engine.render("t", jinja, Syntax::Jinja).map(|output| output.text);
    let shown = || format!("{template}\n   as {jinja}\n   go    {go:?}\n   jinja {new:?}");
    match (&go, &new) {
        (Ok(go), Ok(new)) if go == new => {}
        _ => return Err(shown()),
    }
    if template.matches('\n').count() != jinja.matches('\n').count() {
        return Err(format!("lines: {}", shown()));
    }
    match detect(jinja) {
        Ok(Dialect::Jinja) => Ok(()),
        other => Err(format!("detected as {other:?}: {}", shown())),
    }
}

#[test]
fn every_vector_converts_or_is_refused_by_name() {
    let engine = Engine::new(context());
    let (mut done, mut refused, mut failures) = (0, Vec::new(), Vec::new());
    for case in vectors()["vectors"].as_array().unwrap() {
        let template = case["template"].as_str().unwrap();
        match (case["expected"].as_str(), converted(template)) {
            (None, _) => {}
            (Some(_), Ok(converted)) => {
                done += 1;
                failures.extend(same(&engine, template, &converted.text).err());
            }
            (Some(_), Err(why)) => refused.push(format!("{template}: {why}")),
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
    println!("{done} converted, refused:\n{}", refused.join("\n"));
    assert_eq!((done, refused.len()), (70, 0), "{}", refused.join("\n"));
}

/// What a person would write.
#[test]
fn go_as_people_write_jinja() {
    let engine = Engine::new(context());
    let mut failures = Vec::new();
    for (go, wanted) in [
        ("{{ .Env }}", "{{ Env }}"),
        ("{{.Env}}", "{{ Env }}"),
        ("{{- .Codex.Timeouts.Exec -}}", "{{- Codex.Timeouts.Exec -}}"),
        ("{{ index .Versions \"api\" }}", "{{ Versions[\"api\"] }}"),
        ("{{ .Versions.api }}", "{{ Versions.api }}"),
        ("{{ index .BaseDomain .Env }}", "{{ BaseDomain[Env] }}"),
        ("[{{ index .Versions \"x\" }}]", "[{{ Versions[\"x\"] | default(\"\") }}]"),
        ("[{{ .Versions.x }}]", "[{{ Versions.x | default(\"<no value>\") }}]"),
        ("{{ index .EnvMap \"DEBUG\" }}", "{{ envOr(\"DEBUG\", \"\") }}"),
        (
            "{{ if .EnvMap.X }}{{ .EnvMap.X }}{{ end }}",
            "{% if envOr(\"X\", \"\") %}{{ EnvMap.X }}{% endif %}",
        ),
        ("{{ with .Vars.X }}{{ . }}{{ end }}", "{% if Vars.X | default(\"\") %}{{ Vars.X }}{% endif %}"),
        (
            "{{ $x := .Vars.X }}{{ $x }}",
            "{% set x = Vars.X | default(none) %}{{ \"<no value>\" if x is none else x }}",
        ),
        ("{{ envOr \"A\" \"b\" }}", "{{ envOr(\"A\", \"b\") }}"),
        ("{{ envOr `A` `b` }}", "{{ envOr('A', 'b') }}"),
        ("'{{ envOr `A` `b` }}'", "'{{ envOr(\"A\", \"b\") }}'"),
        (
            "{{ envOr \"A\" (printf \"r.%s.svc:5000\" .Namespace) }}",
            "{{ envOr(\"A\", \"r.\" ~ Namespace ~ \".svc:5000\") }}",
        ),
        (
            "{{ if eq .Env \"dev\" }}a{{ else if ne .Slot 3 }}b{{ else }}c{{ end }}",
            "{% if Env == \"dev\" %}a{% elif Slot != 3 %}b{% else %}c{% endif %}",
        ),
        (
            "{{ if and (lt .Slot 5) (not (eq .Env \"x\")) }}a{{ end }}",
            "{% if Slot < 5 and Env != \"x\" %}a{% endif %}",
        ),
        (
            "{{ if or (gt .Slot 5) (and .Env (not .Slot)) }}a{{ end }}",
            "{% if Slot > 5 or Env and not Slot %}a{% endif %}",
        ),
        ("{{ if and (or .Env .Slot) true }}a{{ end }}", "{% if (Env or Slot) and true %}a{% endif %}"),
        ("{{ if eq .Env \"a\" \"b\" }}x{{ end }}", "{% if Env in [\"a\", \"b\"] %}x{% endif %}"),
        (
            "{{ if or (eq .Env \"a\") (eq .Env \"ai\") }}x{{ end }}",
            "{% if Env in [\"a\", \"ai\"] %}x{% endif %}",
        ),
        ("{{ eq .Env \"ai\" }}", "{{ (Env == \"ai\") | tojson }}"),
        ("{{ .Env | toLower }}{{ slug .Env }}", "{{ Env | toLower }}{{ Env | slug }}"),
        ("{{ trimPrefix .Env \"a\" }}", "{{ Env | trimPrefix(\"a\") }}"),
        ("{{ join .Codex.ExtraTools \", \" }}", "{{ Codex.ExtraTools | join(\", \") }}"),
        ("{{ ternary (eq .Env \"ai\") 2 1 }}", "{{ 2 if Env == \"ai\" else 1 }}"),
        (
            "{{ range $i, $t := .Codex.ExtraTools }}{{ $i }}{{ $t }}{{ end }}",
            "{% for t in Codex.ExtraTools %}{{ loop.index0 }}{{ t }}{% endfor %}",
        ),
        (
            "{{ range .Codex.Links }}{{ .Title }}@{{ $.Env }}{{ else }}none{{ end }}",
            "{% for link in Codex.Links %}{{ link.Title }}@{{ Env }}{% else %}none{% endfor %}",
        ),
        (
            "{{ range $k, $v := .Versions }}{{ $k }}={{ $v }}{{ end }}",
            "{% for k, v in Versions | items %}{{ k }}={{ v }}{% endfor %}",
        ),
        ("{{ range $k, $v := .Versions }}{{ $k }}{{ end }}", "{% for k in Versions %}{{ k }}{% endfor %}"),
        (
            "{{ range .Versions }}{{ . }}{{ end }}",
            "{% for key, version in Versions | items %}{{ version }}{% endfor %}",
        ),
        ("{{ range $n := 3 }}{{ $n }}{{ end }}", "{% for n in range(3) %}{{ n }}{% endfor %}"),
        (
            "{{ range .Codex.Links }}{{ continue }}{{ break }}{{ end }}",
            "{% for link in Codex.Links %}{% continue %}{% break %}{% endfor %}",
        ),
        (
            "{{ range 2 }}x{{ break }}{{ else }}y{{ end }}",
            "{% if 2 > 0 %}{% for item in range(2) %}x{% break %}{% endfor %}{% else %}y{% endif %}",
        ),
        (
            "{{ range 2 }}a{{ range 0 }}{{ else }}{{ range 2 }}{{ break }}{{ end }}b{{ continue }}{{ end }}c{{ end }}",
            "{% for item in range(2) %}a{% for item2 in range(0) %}{% else %}{% for item2 in range(2) %}{% break %}\
             {% endfor %}b{% continue %}{% endfor %}c{% endfor %}",
        ),
        (
            "{{ range $i, $x := .Codex.ExtraTools }}{{ range 2 }}{{ $i }}{{ end }}{{ end }}",
            "{% for x in Codex.ExtraTools %}{% set i = loop.index0 %}{% for item in range(2) %}{{ i }}{% endfor %}{% endfor %}",
        ),
        (
            "{{ with index .Codex.ExtraTools 0 }}{{ . }}{{ end }}",
            "{% set value = Codex.ExtraTools[0] %}{% if value %}{{ value }}{% endif %}",
        ),
        (
            "{{ with .Codex.Timeouts }}{{ .Exec }}{{ end }}",
            "{% with timeouts = Codex.Timeouts %}{{ timeouts.Exec }}{% endwith %}",
        ),
        (
            "{{ with $t := .Env }}{{ $t }}{{ . }}{{ else }}n{{ end }}",
            "{% set t = Env %}{% if t %}{{ t }}{{ t }}{% else %}n{% endif %}",
        ),
        (
            "{{ if false }}{{ else if $x := .Env }}{{ $x }}{{ else }}n{{ end }}",
            "{% if false %}{% else %}{% set x = Env %}{% if x %}{{ x }}{% else %}n{% endif %}{% endif %}",
        ),
        (
            "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}",
            "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
        ),
        (
            "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}",
            "{% set x = 1 %}{% if true %}{% set x2 = 2 %}{{ x2 }}{% endif %}{{ x }}",
        ),
        (
            "{{ $n := 0 }}{{ range 3 }}{{ $n = len \"ab\" }}{{ end }}{{ $n }}",
            "{% set n = namespace(value=0) %}{% for item in range(3) %}{% set n.value = \"ab\" | length %}{% endfor %}{{ n.value }}",
        ),
        (
            "{{ range 3 }}{{ $n := . }}{{ $n = 1 }}{{ $n }}{{ end }}",
            "{% for item in range(3) %}{% set n = item %}{% set n = 1 %}{{ n }}{% endfor %}",
        ),
        (
            "{{ $Env := \"x\" }}{{ $not := 1 }}{{ $join := 2 }}{{ $Env }}{{ .Env }}{{ $not }}{{ $join }}",
            "{% set env = \"x\" %}{% set not_ = 1 %}{% set join_ = 2 %}{{ env }}{{ Env }}{{ not_ }}{{ join_ }}",
        ),
        ("{{ printf \"%s-%d\" .Env .Slot }}", "{{ Env }}-{{ Slot }}"),
        ("{{ $x := printf \"%s-%d\" .Env .Slot }}{{ $x }}", "{% set x = Env ~ \"-\" ~ Slot %}{{ x }}"),
        ("{{ printf \"%03d\" .Slot }}", "{{ printf(\"%03d\", Slot) }}"),
        ("a: {{ printf \"%q\" (print .Slot) }}", "a: \"{{ Slot }}\""),
        ("{{ printf \"%s, %s\" .Env .Env }}", "{{ Env ~ \", \" ~ Env }}"),
        ("{{ print .Slot 1 \"a\" }}", "{{ Slot ~ \" \" ~ 1 ~ \"a\" }}"),
        ("{{ len .Codex.Links }}", "{{ Codex.Links | length }}"),
        ("{{ .Codex.ExtraTools }}", "{{ printf(\"%v\", Codex.ExtraTools) }}"),
        (
            "{{ html .Env }}",
            "{{ Env | replace(\"&\", \"&amp;\") | replace(\"<\", \"&lt;\") | replace(\">\", \"&gt;\") | replace(\"\\\"\", \"&#34;\") | replace(\"'\", \"&#39;\") }}",
        ),
        ("{{ urlquery \"a b\" }}", "{{ \"a+b\" }}"),
        ("{{ now.Format \"2006\" }}{{ .Now.Year }}", "{{ now().Format(\"2006\") }}{{ Now.Year }}"),
        ("a {{- /* c */ -}} b{{/* d\ne */}}", "a {#- c -#} b{# d\ne #}"),
        (
            "{% if %} ${#V} {{ .Env }} {{ \"{{\" }}",
            "{{ \"{%\" }} if %} ${{ \"{#\" }}V} {{ Env }} {{ \"{{\" }}",
        ),
        (
            "{{ define \"a-b\" }}{{ .Env }}{{ end }}{{ template \"a-b\" . }}",
            "{% macro a_b() %}{{ Env }}{% endmacro %}{{ a_b() }}",
        ),
        (
            "{{ define \"l\" }}{{ .Title }}{{ end }}{{ range .Codex.Links }}{{ template \"l\" . }}{{ end }}",
            "{% macro l(value) %}{{ value.Title }}{% endmacro %}{% for link in Codex.Links %}{{ l(link) }}{% endfor %}",
        ),
        (
            "{{- $root := . -}}\n{{ range .Codex.Links }}{{ $root.Env }}{{ end }}",
            "{#- root is the context, whose names stand alone -#}\n{% for link in Codex.Links %}{{ Env }}{% endfor %}",
        ),
        (
            "{{ define \"d\" }}{{ .Env }}{{ end }}{{ $c := $ }}{{ range .Codex.Links }}{{ template \"d\" $c }}{{ end }}",
            "{% macro d() %}{{ Env }}{% endmacro %}{# c is the context, whose names stand alone #}{% for link in Codex.Links %}{{ d() }}{% endfor %}",
        ),
        (
            "{{ block \"b\" .Slot }}{{ . }}{{ end }}",
            "{% macro b(value) %}{{ value }}{% endmacro %}{{ b(Slot) }}",
        ),
        ("{{ printf \"%s\"\n  .Env }}!", "{{ Env\n}}!"),
        ("{{ printf \"%s-%s\"\n    .Env\n    .Project }}", "{{ Env\n    ~ \"-\"\n    ~ Project }}"),
    ] {
        match converted(go) {
            Ok(converted) if converted.text == wanted => failures.extend(same(&engine, go, wanted).err()),
            Ok(converted) => failures.push(format!("{go}\n   got    {}\n   wanted {wanted}", converted.text)),
            Err(why) => failures.push(format!("{go}\n   {why}")),
        }
    }
    assert!(failures.is_empty(), "{} wrong:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_has_no_counterpart_is_refused_by_name() {
    for (go, line, construct) in [
        ("a\n{{ js .Env }}", 2, "`js` of a value"),
        ("{{ index .Env 0 }}", 1, "`index` of a text"),
        ("{{ .Codex }}", 1, "a whole struct is printed"),
        ("{{ printf \"%v\" . }}", 1, "the whole context as a value"),
        ("\n\n{{ template \"x\" . }}{{ define \"x\" }}1{{ end }}", 3, "used before it is defined"),
        (
            "{{ $i := 0 }}{{ $x := 0 }}{{ range $i, $x = .Codex.ExtraTools }}{{ end }}",
            1,
            "that assigns to variables",
        ),
        ("{{ $x := 1 }}{{ $x = \"a\" }}{{ $x }}", 1, "a value of another type"),
        ("{{ if ($x := .Env) }}{{ end }}", 1, "a variable is set inside parentheses"),
        ("{{ eq .Vars.X nil }}", 1, "`eq` with nil"),
        ("{{ ge .Now.Month 6 }}", 1, "`ge` of values that are no texts or numbers"),
        ("{{ slice .Codex.ExtraTools 0 1 1 }}", 1, "`slice` with a capacity"),
        (
            "{{ range $x := .Codex.Links }}{{ else }}{{ $x }}{{ end }}",
            1,
            "whose `else` reads the loop's variables",
        ),
        (
            "{{ range 2 }}{{ range 0 }}{{ else }}\n{{ if $.Env }}{{ break }}{{ end }}a{{ end }}b{{ end }}",
            2,
            "`break` in the `else` of a `range`",
        ),
        (
            "{{ define \"x\" }}{{ . }}{{ end }}{{ template \"x\" 1 }}{{ template \"x\" }}",
            1,
            "is given the context or nothing here",
        ),
    ] {
        let why = converted(go).unwrap_err();
        assert!(why.starts_with(&format!("{line}: ")) && why.contains(construct), "{go}\n{why}");
        assert!(!why.contains("()"), "advice: {why}");
    }
    // What is made of a refused value needs no words of its own.
    let one =
        converted("{{ $x := js .Env }}{{ with $y := urlquery .Env }}{{ $y }}{{ end }}\n{{ $x }}{{ $x.Y }}");
    assert_eq!(one.unwrap_err().lines().count(), 2);
    assert!(converted("{{ $r := . }}{{ $r }}").unwrap_err().contains("the whole context as a value"));
    let all = converted("{{ js .Env }}\n{{ .Codex }}\n{{ if js .Env }}{{ .Storage }}{{ end }}").unwrap_err();
    assert_eq!(all.lines().count(), 4, "{all}");
    assert!(converted("{{ if }}").unwrap_err().starts_with("invalid: missing value for if"));
}
