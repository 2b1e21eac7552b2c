//! Go templates as Jinja: what is written, that it renders the same, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use codexctl::template::{Context, Converted, Dialect, Engine, Facts, Syntax, Unconverted, convert, detect};

use crate::support::{context, vectors};

/// What is known of the vectors' context.
fn facts(context: &Context) -> Facts {
    let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<BTreeSet<String>>();
    let maps = [("Versions", keys(&context.versions)), ("BaseDomain", keys(&context.base_domain))];
    Facts { keys: maps.into_iter().map(|(name, keys)| (name.to_owned(), keys)).collect(), cautious: false }
}

/// Converts; refusals as text.
fn converted(template: &str) -> Result<Converted, String> {
    convert("t", template, &facts(&context())).map_err(|why| match why {
        Unconverted::Invalid(error) => format!("invalid: {}", error.message()),
        Unconverted::Refused(all) => {
            assert!(!all.is_empty());
            all.iter().map(|one| format!("{}: {} ({})", one.line, one.construct, one.advice)).collect::<Vec<_>>().join("\n")
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
