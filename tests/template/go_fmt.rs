//! `printf`, `print` and times as Go's `fmt` and `time` write them.

use crate::support::go;

/// `printf` calls (the part behind the word) with what they give.
fn check(cases: &[(&str, &str)]) {
    let mut failures = Vec::new();
    for (call, expected) in cases {
        let got = go(&format!("{{{{ printf {call} }}}}"));
        if got.as_ref().ok().map(String::as_str) != Some(*expected) {
            failures.push(format!("printf {call}\n   got {got:?}\n  want {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn strings() {
    check(&[
        (r#""%s|%5s|%-5s|%.1s|%5.1s|%05s" "ab" "ab" "ab" "ab" "ab" "ab""#, "ab|   ab|ab   |a|    a|000ab"),
        (r#""%q|%+q|%#q|%8q" "a\"é" "é" "a" "ab""#, "\"a\\\"é\"|\"\\u00e9\"|`a`|    \"ab\""),
        (r##""%#q" "a`b""##, "\"a`b\""),
        (r#""%x|%X|% x|%#x|%# x" "hi" "hi" "hi" "hi" "hi""#, "6869|6869|68 69|0x6869|0x68 0x69"),
        (r#""%.1x|%6x|%-6x|" "hi" "hi" "hi""#, "68|  6869|6869  |"),
        (r#""%v|%+v|%#v|%T" "a" "a" "a" "a""#, "a|a|\"a\"|string"),
        (
            r#""%d|%t|%c|%f|%U" "a" "a" "a" "a" "a""#,
            "%!d(string=a)|%!t(string=a)|%!c(string=a)|%!f(string=a)|%!U(string=a)",
        ),
        (r#""%5d" "a""#, "%!d(string=    a)"),
        (r#""%q" "\x00\n\t\\\u2028""#, "\"\\x00\\n\\t\\\\\\u2028\""),
        (r#""%5s|%-5s|" "é" "é""#, "    é|é    |"),
        (r#""%5q" 'x'"#, "  'x'"),
        (r#""%s" ("a" | print)"#, "a"),
    ]);
}

#[test]
fn integers() {
    check(&[
        (r#""%d|%5d|%-5d|%05d|%+d|% d" 42 42 42 42 42 42"#, "42|   42|42   |00042|+42| 42"),
        (r#""%05d|%+05d|%-05d|% 05d" -42 42 42 42"#, "-0042|+0042|42   | 0042"),
        (r#""%.3d|%5.3d|%-5.3d|%05.3d" 7 7 7 7"#, "007|  007|007  |  007"),
        (r#""[%.0d] [%.d] [%3.0d]" 0 0 0"#, "[] [] [   ]"),
        (
            r#""%b|%o|%O|%x|%X|%#b|%#o|%#x|%#X" 10 10 10 10 10 10 10 10 10"#,
            "1010|12|0o12|a|A|0b1010|012|0xa|0XA",
        ),
        (r#""%x %X %#x" -255 -255 -255"#, "-ff -FF -0xff"),
        (r#""%08b|%#08x|%#.4x" 5 255 255"#, "00000101|0x000000ff|0x00ff"),
        (r#""%c|%q|%U|%#U|%c" 65 65 65 9731 128512"#, "A|'A'|U+0041|U+2603 '☃'|😀"),
        (r#""%q|%+q|%#q" 10 9731 65"#, "'\\n'|'\\u2603'|'A'"),
        (r#""%v|%+v|%#v|%T|%5v|%05v" 3 3 3 3 3 3"#, "3|3|3|int|    3|00003"),
        (r#""%s|%f|%t|%e" 3 3 3 3"#, "%!s(int=3)|%!f(int=3)|%!t(int=3)|%!e(int=3)"),
        (r#""%z|%!|%k" 3 3 3"#, "%!z(int=3)|%!!(int=3)|%!k(int=3)"),
        (r#""%d" -9223372036854775808"#, "-9223372036854775808"),
    ]);
}

#[test]
fn floats() {
    check(&[
        (
            r#""%f|%.2f|%.0f|%8.2f|%-8.2f|%08.2f|%+.1f|% .1f" 3.14159 3.14159 2.5 3.14159 3.14159 3.14159 3.14159 3.14159"#,
            "3.141590|3.14|2|    3.14|3.14    |00003.14|+3.1| 3.1",
        ),
        (
            r#""%e|%E|%.2e|%.0e|%g|%G|%.3g|%.10g" 1234.5678 1234.5678 1234.5678 1234.5678 1e-7 1e-7 1234.5678 1234.5678"#,
            "1.234568e+03|1.234568E+03|1.23e+03|1e+03|1e-07|1E-07|1.23e+03|1234.5678",
        ),
        (r#""%v %v %v %v %v" 1.0 0.1 1e6 1e-5 123456.0"#, "1 0.1 1e+06 1e-05 123456"),
        (r#""%g %g %.3g %.1g" 100000.0 1000000.0 100000.0 0.05"#, "100000 1e+06 1e+05 0.05"),
        (r#""%6.2f%%|%5.1f" 12.345 -0.05"#, " 12.35%| -0.1"),
        (
            r#""%#g|%#.3g|%#v|%#f|%#.0f|%#e" 1.0 1.0 1.0 1.0 1.0 1.0"#,
            "1.00000|1.00|1|1.000000|1.|1.000000e+00",
        ),
        (r#""%d|%s|%x|%q" 1.5 1.5 1.0 1.5"#, "%!d(float64=1.5)|%!s(float64=1.5)|0x1p+00|%!q(float64=1.5)"),
        (
            r#""%b|%x|%X|%.1x" 1.0 1.5 -0.1 1.999"#,
            "4503599627370496p-52|0x1.8p+00|-0X1.999999999999AP-04|0x1.0p+01",
        ),
        (r#""%T %t" 1.5 1.5"#, "float64 %!t(float64=1.5)"),
        (r#""%08.3f|%+08.3f|%-8.3f|" -3.14159 3.14159 3.14159"#, "-003.142|+003.142|3.142   |"),
        (r#""%F" 1.5"#, "1.500000"),
        (r#""%.3v|%10.4v|" 3.14159 3.14159"#, "3.14|     3.142|"),
        (r#""%v %v" 0.0 -0.0"#, "0 -0"),
    ]);
}

#[test]
fn other_kinds() {
    check(&[
        (
            r#""%t|%v|%5t|%q|%d|%s" true false true true true true"#,
            "true|false| true|%!q(bool=true)|%!d(bool=true)|%!s(bool=true)",
        ),
        (
            r#""%v|%s|%d|%+v|%T|%q" nil nil nil nil nil nil"#,
            "<nil>|%!s(<nil>)|%!d(<nil>)|<nil>|<nil>|%!q(<nil>)",
        ),
        (
            r#""%v|%s|%q|%d|%x" .Codex.ExtraTools .Codex.ExtraTools .Codex.ExtraTools .Codex.ExtraTools .Codex.ExtraTools"#,
            "[psql redis-cli]|[psql redis-cli]|[\"psql\" \"redis-cli\"]|[%!d(string=psql) %!d(string=redis-cli)]|[7073716c 72656469732d636c69]",
        ),
        (
            r#""%#v|%T|%10v" .Codex.ExtraTools .Codex.ExtraTools .Codex.ExtraTools"#,
            "[]string{\"psql\", \"redis-cli\"}|[]string|[      psql  redis-cli]",
        ),
        (
            r#""%v|%q|%#v|%T|%d" .Versions .Versions .UserVars .Versions .UserVars"#,
            "map[api:1.2.3 web-ui:0.9.0]|map[\"api\":\"1.2.3\" \"web-ui\":\"0.9.0\"]|map[string]string{\"TEAM\":\"core\"}|map[string]string|map[%!d(string=TEAM):%!d(string=core)]",
        ),
        (r#""%v|%+v" .Codex.Timeouts .Codex.Timeouts"#, "{60m  }|{Exec:60m Rollout: DeployWait:}"),
        (
            r#""%v %+v" .Codex.Links (index .Codex.Links 0)"#,
            "[{Admin /admin} {Docs /docs}] {Title:Admin Path:/admin}",
        ),
        (
            r#""%v|%s|%d|%02d|%T|%q" .Now.Month .Now.Month .Now.Month .Now.Month .Now.Month .Now.Month"#,
            "January|January|1|01|time.Month|\"January\"",
        ),
        (r#""%T %d %x %v" .Now.Unix .Now.Unix (index "a" 0) (index "a" 0)"#, "int64 1767323045 61 97"),
        (r#""%v|%T" .Vars .Vars"#, "map[]|map[string]string"),
        (r#""%v" (slice .Codex.ExtraTools 2)"#, "[]"),
    ]);
}

#[test]
fn formats_that_do_not_fit() {
    check(&[
        (r#""%""#, "%!(NOVERB)"),
        (r#""%-""#, "%!(NOVERB)"),
        (r#""100%""#, "100%!(NOVERB)"),
        (r#""%%|%5%""#, "%|%"),
        (r#""%d""#, "%!d(MISSING)"),
        (r#""%d %d" 1"#, "1 %!d(MISSING)"),
        (r#""" 1 "a" nil"#, "%!(EXTRA int=1, string=a, <nil>)"),
        (r#""%[2]d %[1]d" 1 2"#, "2 1"),
        (r#""%[2]d" 1 2"#, "2"),
        (r#""%[2]*[1]d|" 7 5"#, "    7|"),
        (r#""%[3]*.[2]*[1]f|" 12.0 2 6"#, " 12.00|"),
        (r#""%[5]d" 1"#, "%!d(BADINDEX)"),
        (r#""%[0]d" 1"#, "%!d(BADINDEX)"),
        (r#""%[x]d" 1"#, "%!d(BADINDEX)"),
        (r#""%[]d" 1"#, "%!d(BADINDEX)"),
        (r#""%[1]d %d" 1 2"#, "1 2"),
        (r#""%*d|%-*d|" 5 42 5 42"#, "   42|42   |"),
        (r#""%*d|" -5 42"#, "42   |"),
        (r#""%.*f" 2 3.14159"#, "3.14"),
        (r#""%*d" "a" 42"#, "%!(BADWIDTH)42"),
        (r#""%.*d" "a" 42"#, "%!(BADPREC)42"),
        (r#""%.*d" -1 42"#, "%!(BADPREC)42"),
        (r#""%999999999d" 1"#, "%!(NOVERB)%!(EXTRA int=1)"),
        (r#""é%d世" 1"#, "é1世"),
        (r#""%世" 1"#, "%!世(int=1)"),
        (r#""%w" 1"#, "%!w(int=1)"),
    ]);
}

#[test]
fn times() {
    let cases = [
        ("{{ .Now }}", "2026-01-02 03:04:05 +0000 UTC"),
        ("{{ .Now.Format \"Mon Jan _2 15:04:05 2006\" }}", "Fri Jan  2 03:04:05 2026"),
        ("{{ .Now.Format \"Monday, 02-Jan-06 15:04:05 MST\" }}", "Friday, 02-Jan-26 03:04:05 UTC"),
        ("{{ .Now.Format \"2006-01-02T15:04:05Z07:00\" }}", "2026-01-02T03:04:05Z"),
        ("{{ .Now.Format \"2006-01-02T15:04:05.000-0700\" }}", "2026-01-02T03:04:05.000+0000"),
        ("{{ .Now.Format \"20060102150405\" }}", "20260102030405"),
        ("{{ .Now.Format \"3:04PM 3:04pm 1/2/06 002 __2\" }}", "3:04AM 3:04am 1/2/26 002   2"),
        ("{{ .Now.Format \"January Jan 1 01 Janet\" }}", "January Jan 1 01 Janet"),
        ("{{ .Now.Format \".999 .000 .9 ,000 05.000000000\" }}", " .000  ,000 05.000000000"),
        ("{{ .Now.Format \"v2006.01.02\" }}", "v2026.01.02"),
        ("{{ .Now.Format \"_2006\" }}", "_2026"),
        ("{{ .Now.Format \"\" }}|", "|"),
        (
            "{{ .Now.Year }} {{ .Now.Month }} {{ .Now.Day }} {{ .Now.Hour }} {{ .Now.Minute }} {{ .Now.Second }}",
            "2026 January 2 3 4 5",
        ),
        ("{{ .Now.Weekday }} {{ .Now.YearDay }} {{ .Now.Nanosecond }}", "Friday 2 0"),
        ("{{ .Now.UnixNano }} {{ .Now.UnixMilli }}", "1767323045000000000 1767323045000"),
        (
            "{{ (.Now.AddDate 0 1 30).Format \"2006-01-02\" }} {{ (.Now.AddDate 0 0 -2).Format \"2006-01-02\" }}",
            "2026-03-04 2025-12-31",
        ),
        (
            "{{ .Now.UTC.Format \"15\" }} {{ .Now.IsZero }} {{ .Now.Equal now }} {{ .Now.Before now }} {{ (.Now.AddDate 1 0 0).After .Now }}",
            "03 false true false true",
        ),
        ("{{ (.Now.AddDate 0 0 1).Sub .Now }} {{ ((.Now.AddDate 0 0 1).Sub .Now).Hours }}", "24h0m0s 24"),
        ("{{ eq .Now now }} {{ eq .Now.Month 1 }} {{ eq .Now.Year 2026 }}", "true true true"),
        (
            "{{ (.Now.Add 1500000000).Format \"05.9\" }} {{ (.Now.Truncate 3600000000000).Format \"15:04:05\" }}",
            "06.5 03:00:00",
        ),
    ];
    for (template, expected) in cases {
        assert_eq!(go(template).map_err(|e| e.to_string()).as_deref(), Ok(expected), "{template}");
    }
}
