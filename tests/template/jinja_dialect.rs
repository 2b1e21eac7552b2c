//! The jinja dialect: strict, unescaped, with the tool's functions.

use codexctl::template::{Context, Engine, Syntax};

use crate::support::{context, engine, jinja};

fn check(cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        assert_eq!(jinja(template).map_err(|e| e.to_string()).as_deref(), Ok(*expected), "{template}");
    }
}

#[test]
fn names_and_values() {
    check(&[
        ("{{ Env }} {{ Slot }} {{ Slot + 1 }} {{ Namespace }}", "ai 3 4 shop-dev-3"),
        ("{{ Versions.api }} {{ Versions[\"web-ui\"] }}", "1.2.3 0.9.0"),
        ("{{ Codex.Timeouts.Exec }}{{ Codex.Timeouts.Rollout }}", "60m"),
        (
            "{% for link in Codex.Links %}{{ link.Title }}={{ link.Path }};{% endfor %}",
            "Admin=/admin;Docs=/docs;",
        ),
        ("{% for k, v in Versions|items %}{{ k }}:{{ v }},{% endfor %}", "api:1.2.3,web-ui:0.9.0,"),
        ("{% if Env == \"ai\" %}A{% else %}B{% endif %}{% if \"api\" in Versions %}C{% endif %}", "AC"),
        ("{{ Codex.ExtraTools | length }} {{ Codex.ExtraTools[1] }}", "2 redis-cli"),
        (
            "{{ Now }} {{ Now.Year }} {{ Now.Format(\"2006-01-02\") }} {{ now().Unix }}",
            "2026-01-02 03:04:05 +0000 UTC 2026 2026-01-02 1767323045",
        ),
        ("{{ Vars }} {{ Storage.Data.AccessModes }}", "{} []"),
        (
            "{{ Vars.x | default(\"none\") }} {{ Foo is defined }} {{ Versions.x is defined }}",
            "none False False",
        ),
    ]);
}

#[test]
fn functions_and_filters() {
    check(&[
        (
            "{{ envOr(\"REGISTRY_HOST\", \"localhost:32000\") }} {{ envOr(\"NOPE\", \"x\") }} {{ envOr(\"EMPTY\", \"y\") }}",
            "registry.local:5000 x y",
        ),
        ("{{ default(\"  \", \"x\") }}{{ default(\"a\", \"x\") }}{{ default(Vars.x, \"z\") }}", "xaz"),
        (
            "{{ toLower(\"ABC\") }} {{ \"ABC\" | toLower }} {{ slug(\"My App\") }} {{ \"My App\" | slug }}",
            "abc abc my-app my-app",
        ),
        (
            "{{ truncSHA(\"0123456789abcdef\") }} {{ \"0123456789abcdef\" | truncSHA }}",
            "0123456789ab 0123456789ab",
        ),
        ("{{ ternary(Env == \"ai\", 1, 2) }}", "1"),
        (
            "{{ join(Codex.ExtraTools, \", \") }} {{ Codex.ExtraTools | join(\"+\") }} {{ join([1, 2], \"-\") }}",
            "psql, redis-cli psql+redis-cli 1-2",
        ),
        ("{{ indent(2, \"a\\nb\\n\") }}|{{ \"a\\nb\" | indent(2) }}", "  a\n  b|a\n  b"),
        ("{{ trimPrefix(\"/a/b\", \"/\") }} {{ \"/a/b\" | trimPrefix(\"/a\") }}", "a/b /b"),
        (
            "{{ printf(\"%s-%03d|%v|%q\", Env, Slot, Codex.ExtraTools, Versions) }}",
            "ai-003|[psql redis-cli]|map[\"api\":\"1.2.3\" \"web-ui\":\"0.9.0\"]",
        ),
        ("{{ Codex.ExtraTools | tojson }}", "[\"psql\", \"redis-cli\"]"),
    ]);
}

#[test]
fn text_is_kept_as_it_is() {
    check(&[
        ("a\n", "a\n"),
        ("a\n\n", "a\n\n"),
        ("a\r\n{{ Env }}\r\n", "a\r\nai\r\n"),
        ("{% if true %}\nx\n{% endif %}\n", "\nx\n\n"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("${VAR} $(X) ${{'{{'}} }}", "${VAR} $(X) ${{ }}"),
    ]);
    let engine = engine();
    for name in ["a.html", "a.json", "a.yaml", "a.xml", "a.js", "a.html.j2"] {
        let output = engine.render(name, "{{ \"<&'\\\"\" }} {{ [1, \"x\"] }}", Syntax::Jinja).unwrap();
        assert_eq!(output.text, "<&'\" [1, 'x']", "{name}");
    }
}

#[test]
fn mistakes() {
    let cases = [
        (
            "a\n{{ Envv }}",
            "t:2:4: `Envv` is undefined\n  |\n2 | {{ Envv }}\n  |    ^\nhelp: did you mean \"Env\"?",
        ),
        (
            "{{ Versions.apii }}",
            "t:1:4: `Versions.apii` is undefined\n  |\n1 | {{ Versions.apii }}\n  |    ^\nhelp: did you mean \"api\"?",
        ),
        (
            "{{ Versions[\"zzz\"] }}",
            "t:1:4: `Versions['zzz']` is undefined\n  |\n1 | {{ Versions[\"zzz\"] }}\n  |    ^\nhelp: known: api, web-ui",
        ),
        (
            "{{ Codex.Model2 }}",
            "t:1:4: `Codex.Model2` is undefined\n  |\n1 | {{ Codex.Model2 }}\n  |    ^\nhelp: did you mean \"Model\"?",
        ),
        (
            "{{ envOrr(\"a\", \"b\") }}",
            "t:1:4: unknown function \"envOrr\"\n  |\n1 | {{ envOrr(\"a\", \"b\") }}\n  |    ^\nhelp: did you mean \"envOr\"?",
        ),
        (
            "{{ envOr(\"a\") }}",
            "t:1:4: wrong number of arguments for envOr: want 2, got 1\n  |\n1 | {{ envOr(\"a\") }}\n  |    ^",
        ),
        (
            "{{ toLower(3) }}",
            "t:1:4: wrong type for argument 1 of toLower: expected string, got int\n  |\n1 | {{ toLower(3) }}\n  |    ^",
        ),
        (
            "{{ ternary(1, 2, 3) }}",
            "t:1:4: wrong type for argument 1 of ternary: expected bool, got int\n  |\n1 | {{ ternary(1, 2, 3) }}\n  |    ^",
        ),
    ];
    for (template, expected) in cases {
        assert_eq!(jinja(template).unwrap_err().to_string(), expected);
    }
    for (template, part, line) in [
        ("{% if Foo %}{% endif %}", "`Foo` is undefined", 1),
        ("{% for x in Foo %}{% endfor %}", "`Foo` is undefined", 1),
        ("\n{{ toLower(Foo) }}", "`Foo` is undefined", 2),
        ("{{ slug(Versions.x) }}", "`Versions.x` is undefined", 1),
        ("{{ Foo | slug }}", "`Foo` is undefined", 1),
        ("{{ ternary(Foo, 1, 2) }}", "`Foo` is undefined", 1),
        ("a\nb\n{% if %}", "syntax error", 3),
        ("{{ 1 | sluug }}", "sluug", 1),
        ("{{ Env", "syntax error", 1),
        ("{{ 1 + \"a\" }}", "unsupported types", 1),
    ] {
        let error = jinja(template).unwrap_err();
        assert!(error.message().contains(part) && error.line() == line, "{template}: {error}");
    }
}

#[test]
fn a_filter_of_another_spelling_is_suggested() {
    let error = jinja("{{ Env | sulg }}").unwrap_err();
    assert_eq!(error.message(), "unknown filter \"sulg\"");
    assert_eq!(error.hint(), Some("did you mean \"slug\"?"));
}

#[test]
fn secrets_stay_out_of_errors() {
    let mut context = context();
    for name in ["API_TOKEN", "DB_PASSWORD", "MY_SECRET", "X_PAT", "Y_KEY"] {
        context.env_map.insert(name.into(), "hunter2".into());
    }
    let engine = Engine::new(context);
    for template in [
        "{{ EnvMap.API_TOKEN + 1 }}",
        "{{ EnvMap.NOPE }}",
        "{{ EnvMap.foo() }}",
        "{{ EnvMap.API_TOKEN.x }}",
        "{{ EnvMap.API_TOKEN() }}",
        "{{ ternary(EnvMap.API_TOKEN, 1, 2) }}",
        "{% for x in EnvMap.Y_KEY|int %}{% endfor %}",
        "{{ EnvMap | join | int }}",
        "{{ EnvMap.DB_PASSWORD | round }}",
        "{% include EnvMap.DB_PASSWORD %}",
        "{{ range(EnvMap.X_PAT) }}",
        "{{ EnvMap.X_PAT | replace(1) }}",
        "{{ Env | indent(EnvMap.X_PAT) }}",
        "{{ now().Format(EnvMap) }}",
    ] {
        let error = engine.render("t", template, Syntax::Jinja).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    for template in [
        "{{ .EnvMap.API_TOKEN.x }}",
        "{{ index .EnvMap.API_TOKEN \"a\" }}",
        "{{ lt .EnvMap.API_TOKEN 1 }}",
        "{{ ternary .EnvMap.API_TOKEN 1 2 }}",
        "{{ range .EnvMap.API_TOKEN }}{{ end }}",
        "{{ call .EnvMap.API_TOKEN }}",
        "{{ eq .EnvMap .EnvMap }}",
        "{{ indent .EnvMap.Y_KEY \"\" }}",
        "{{ slice .EnvMap.Y_KEY 100 }}",
        "{{ .EnvMap.Y_KEY 1 }}",
    ] {
        let error = engine.render("t", template, Syntax::Go).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}

#[test]
fn extra_names() {
    let mut context = Context::default();
    context.extra.insert("ISSUE_NUMBER".into(), "7".into());
    let engine = Engine::new(context);
    let render = |text, syntax| engine.render("t", text, syntax).unwrap().text;
    assert_eq!(render("{{ .ISSUE_NUMBER }}", Syntax::Go), "7");
    assert_eq!(render("{{ ISSUE_NUMBER }}", Syntax::Jinja), "7");
}

#[test]
fn engines_are_shared_by_threads() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    let engine = engine();
    shared(&engine);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(
                        engine.render("t", "{{ range 3 }}{{ . }}{{ end }}", Syntax::Auto).unwrap().text,
                        "012"
                    );
                    assert_eq!(engine.render("t", "{{ Env }}", Syntax::Auto).unwrap().text, "ai");
                }
            });
        }
    });
}
