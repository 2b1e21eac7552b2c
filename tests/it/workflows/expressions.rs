//! What stands in `${{ }}`: the part of GitHub's expression language that the workflows use. Anything else, and any
//! name that is not there to be used, fails the test.

use serde_json::Value;

/// The contexts (`inputs`, `steps`, …) by name, and how the job stands.
#[derive(Clone, Debug)]
pub struct Scope {
    pub contexts: Value,
    pub failed: bool,
    pub cancelled: bool,
}

impl Scope {
    /// A text with its expressions replaced.
    pub fn text(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${{") {
            let end = rest[start..].find("}}").expect("an expression that ends") + start;
            out.push_str(&rest[..start]);
            out.push_str(&as_text(&self.value(&rest[start + 3..end])));
            rest = &rest[end + 2..];
        }
        out + rest
    }

    /// Whether an `if:` holds. Without a status function it wants that nothing failed before.
    pub fn holds(&self, condition: Option<&str>) -> bool {
        let Some(condition) = condition else { return !self.failed && !self.cancelled };
        let bare = condition
            .trim()
            .strip_prefix("${{")
            .and_then(|text| text.strip_suffix("}}"))
            .unwrap_or(condition);
        let asks =
            ["always()", "failure()", "success()", "cancelled()"].iter().any(|name| bare.contains(name));
        (asks || (!self.failed && !self.cancelled)) && truthy(&self.value(bare))
    }

    /// One expression.
    pub fn value(&self, expression: &str) -> Value {
        let mut parser = Parser { scope: self, text: expression, rest: expression };
        let value = parser.or();
        parser.space();
        assert_eq!(parser.rest, "", "not understood in `{expression}`");
        value
    }
}

/// As GitHub turns values into text.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => panic!("a list or object as text: {value}"),
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

struct Parser<'a> {
    scope: &'a Scope,
    text: &'a str,
    rest: &'a str,
}

impl Parser<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let taken = self.rest.strip_prefix(token);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn or(&mut self) -> Value {
        let mut left = self.and();
        while self.take("||") {
            let right = self.and();
            left = if truthy(&left) { left } else { right };
        }
        left
    }

    fn and(&mut self) -> Value {
        let mut left = self.comparison();
        while self.take("&&") {
            let right = self.comparison();
            left = if truthy(&left) { right } else { left };
        }
        left
    }

    fn comparison(&mut self) -> Value {
        let left = self.operand();
        let (equal, wanted) = if self.take("==") {
            (true, self.operand())
        } else if self.take("!=") {
            (false, self.operand())
        } else {
            return left;
        };
        Value::Bool(same(&left, &wanted) == equal)
    }

    fn operand(&mut self) -> Value {
        self.space();
        if self.take("!") {
            return Value::Bool(!truthy(&self.operand()));
        }
        if self.take("(") {
            let value = self.or();
            assert!(self.take(")"), "no `)` in `{}`", self.text);
            return value;
        }
        if self.rest.starts_with('\'') {
            return Value::String(self.string());
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if let Ok(number) = word.parse::<i64>() {
            return number.into();
        }
        match word {
            "true" => return true.into(),
            "false" => return false.into(),
            _ if self.take("(") => return self.call(word),
            _ => {}
        }
        self.lookup(word)
    }

    fn string(&mut self) -> String {
        let mut out = String::new();
        let mut rest = &self.rest[1..];
        loop {
            let end = rest.find('\'').expect("a string that ends");
            out.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    out.push('\'');
                    rest = more;
                }
                None => break,
            }
        }
        self.rest = rest;
        out
    }

    fn call(&mut self, name: &str) -> Value {
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.or());
            self.take(",");
        }
        match (name, arguments.as_slice()) {
            ("always", []) => true.into(),
            ("success", []) => (!self.scope.failed && !self.scope.cancelled).into(),
            ("failure", []) => self.scope.failed.into(),
            ("cancelled", []) => self.scope.cancelled.into(),
            ("fromJSON", [text]) => serde_json::from_str(&as_text(text)).unwrap(),
            ("format", [pattern, value]) => as_text(pattern).replace("{0}", &as_text(value)).into(),
            ("startsWith", [text, start]) => {
                as_text(text).to_lowercase().starts_with(&as_text(start).to_lowercase()).into()
            }
            _ => panic!("the evaluator knows no {name} with {} arguments", arguments.len()),
        }
    }

    /// `github.event` may lack anything, and step outputs may not be there; all else has to be.
    fn lookup(&self, path: &str) -> Value {
        let mut names = path.split('.');
        let mut seen = names.next().unwrap().to_string();
        let contexts = &self.scope.contexts;
        let mut value = contexts.get(&seen).unwrap_or_else(|| panic!("no context for `{path}`"));
        for name in names {
            let optional = seen == "github.event" || seen.ends_with(".outputs") || value.is_null();
            seen = if seen == "github.event" { seen } else { format!("{seen}.{name}") };
            value = match value.get(name) {
                Some(found) => found,
                None if optional => &Value::Null,
                None => panic!("`{path}`: there is no {name}"),
            };
        }
        value.clone()
    }
}

/// Equality, with text compared whatever its case; of different kinds only what the workflows compare.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (Value::Number(_), Value::Number(_)) | (Value::Bool(_), Value::Bool(_)) => left == right,
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.is_empty(),
        (Value::Null, Value::Number(number)) => number.as_f64() == Some(0.0),
        _ => panic!("the evaluator does not compare {left} with {right}"),
    }
}

#[test]
fn expressions_mean_what_github_means() {
    let contexts = serde_json::json!({
        "inputs": {"pr": 0, "issue": 12, "name": "It's", "yes": true},
        "github": {"event": {"issue": {"title": "a b"}}},
        "steps": {"slot": {"outputs": {"slot": "3"}}},
    });
    let scope = Scope { contexts, failed: false, cancelled: false };
    assert_eq!(scope.text("x-${{ inputs.issue }}-${{ inputs.yes }}"), "x-12-true");
    assert_eq!(scope.text("${{ github.event.pull_request.number || github.event.issue.title }}"), "a b");
    assert_eq!(scope.text("[${{ steps.slot.outputs.none }}]"), "[]");
    let group = "inputs.pr != 0 && format('pr-{0}', inputs.pr) || inputs.issue != 0 && format('issue-{0}', inputs.issue) || 'gc'";
    assert_eq!(scope.value(group), "issue-12");
    assert_eq!(scope.value("inputs.name == 'it''s' && !(inputs.pr == 1)"), true);
    assert!(scope.holds(None) && scope.holds(Some("steps.slot.outputs.slot != ''")));
    assert!(!scope.holds(Some("${{ failure() || cancelled() }}")));
    let failed = Scope { failed: true, ..scope.clone() };
    assert!(!failed.holds(None) && !failed.holds(Some("inputs.yes")) && failed.holds(Some("always()")));
    for wrong in ["inputs.isue", "vars.x", "contains('a', 'b')", "steps.slots.outputs.slot", "1 +"] {
        let scope = scope.clone();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scope.value(wrong)));
        assert!(outcome.is_err(), "{wrong} was taken");
    }
}
