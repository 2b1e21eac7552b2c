//! `printf`, `print` and `println`: as text with values in it where that says the same.

use super::types::Ty;
use super::value::{Gap, Jx, Part, concat, joins, prec};
use super::words::literal;
use super::{Refused, refuse};

const NEEDS_VALUE: &str = "give it one with `default` where it is set";

/// More pieces than this read better as a format.
const MAX_PARTS: usize = 6;

/// `printf`; the first argument is the format.
pub(super) fn printf(at: usize, args: &[Jx]) -> Result<Jx, Refused> {
    if args.iter().any(|arg| matches!(arg.ty, Ty::Struct(_) | Ty::Links)) {
        return refuse(at, "a whole struct is printed", "print the fields that are wanted one by one");
    }
    Ok(formatted(args))
}

fn formatted(args: &[Jx]) -> Jx {
    let words: Vec<String> = args.iter().map(|arg| arg.settled().text).collect();
    let call = Jx::new(format!("printf({})", words.join(", ")), prec::ATOM, Ty::Str);
    let Some((format, values)) = args.split_first() else { return call };
    let Some(parts) = format.constant.as_deref().and_then(|format| parts(format, values)) else {
        return call;
    };
    let joined = concat(parts);
    match &joined.parts {
        Some(parts) if parts.len() > MAX_PARTS => Jx { parts: joined.parts, ..call },
        _ => joined,
    }
}

/// The pieces of a format that has plain verbs only, as many as there are values.
fn parts(format: &str, values: &[Jx]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut values = values.iter();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            parts.push(Part::Text(c.to_string()));
            continue;
        }
        match chars.next()? {
            '%' => parts.push(Part::Text("%".to_owned())),
            verb => {
                let value = values.next()?;
                let fits = match verb {
                    's' => value.ty == Ty::Str,
                    'd' => value.ty == Ty::Int,
                    't' => value.ty == Ty::Bool,
                    'v' => joins(value.ty),
                    // The quotes of a number: it has nothing to escape.
                    'q' => is_number(value),
                    _ => false,
                };
                if !fits || !matches!(value.gap, Gap::No | Gap::Index) {
                    return None;
                }
                let quote = if verb == 'q' { "\"" } else { "" };
                parts.extend([
                    Part::Text(quote.to_owned()),
                    Part::Value(value.settled()),
                    Part::Text(quote.to_owned()),
                ]);
            }
        }
    }
    values.next().is_none().then_some(parts)
}

/// A text that is nothing but a whole number.
fn is_number(value: &Jx) -> bool {
    matches!(value.parts.as_deref(), Some([Part::Value(Jx { ty: Ty::Int, .. })]))
}

/// `print`: a space between two values that are no strings.
pub(super) fn print(at: usize, args: &[Jx]) -> Result<Jx, Refused> {
    let known = |arg: &Jx| joins(arg.ty) && matches!(arg.gap, Gap::No | Gap::Index);
    if !args.iter().all(known) {
        if let [one] = args
            && one.gap == Gap::No
            && !matches!(one.ty, Ty::Struct(_) | Ty::Links | Ty::Nil)
        {
            return Ok(Jx::new(format!("printf(\"%v\", {})", one.text), prec::ATOM, Ty::Str));
        }
        return refuse(
            at,
            "`print` of values whose types are not known",
            "write printf with a format instead",
        );
    }
    let mut parts = Vec::new();
    let mut text_before = true;
    for arg in args {
        let is_text = arg.ty == Ty::Str;
        if !is_text && !text_before {
            parts.push(Part::Text(" ".to_owned()));
        }
        parts.push(Part::Value(arg.settled()));
        text_before = is_text;
    }
    Ok(concat(parts))
}

/// `println`: spaces between all, a newline behind.
pub(super) fn println(at: usize, args: &[Jx]) -> Result<Jx, Refused> {
    let format = format!("{}\n", vec!["%v"; args.len()].join(" "));
    printf(at, &[&[Jx::string(&format, false)], args].concat())
}

/// `html`, `js` and `urlquery` of a literal are worked out; `html` of anything else is a chain of replacements.
pub(super) fn escaped(at: usize, name: &str, args: &[Jx]) -> Result<Jx, Refused> {
    use super::super::escape;
    let one = match args {
        [one] if one.ty == Ty::Str => one,
        _ => {
            return refuse(
                at,
                format!("`{name}`"),
                "Jinja has no such function here: escape the value by hand",
            );
        }
    };
    match (name, &one.constant) {
        ("html", Some(text)) => Ok(Jx::string(&escape::html(text), false)),
        ("js", Some(text)) => Ok(Jx::string(&escape::js(text), false)),
        (_, Some(text)) => Ok(Jx::string(&escape::urlquery(text), false)),
        ("html", None) => {
            let pairs = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&#34;"), ("'", "&#39;")];
            let chain: Vec<String> = pairs
                .iter()
                .map(|(from, to)| format!("replace({}, {})", literal(from, false), literal(to, false)))
                .collect();
            let value = match one.gap {
                Gap::Field => one.filter("default(\"<no value>\")", Ty::Str),
                Gap::Nil => return refuse(at, "`html` of a variable that may have no value", NEEDS_VALUE),
                _ => one.settled(),
            };
            Ok(value.filter(&chain.join(" | "), Ty::Str))
        }
        _ => refuse(
            at,
            format!("`{name}` of a value"),
            "Jinja has no such function here: escape the value where it comes from, or use `replace`",
        ),
    }
}
