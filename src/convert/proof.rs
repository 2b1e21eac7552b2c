//! The proof: both versions rendered over every context and several sets of values, and compared byte for byte.
//!
//! A render that fails for Go proves nothing, and is only allowed where the file is not used or the values are made up.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::project::{Place, Project};
use super::values::{self, Values};
use crate::config::{EnvName, Header, LoadContext, Rendered, Slot, Source, Target};
use crate::template::{Context, Converted, Engine, Syntax};

/// What was compared.
#[derive(Debug)]
pub(super) struct Proof {
    /// "dev, staging, ai (slots 1, 2, 17)"
    pub places: String,
    /// Sets of values.
    pub sets: usize,
}

/// Why a conversion is not proved.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    /// Line of the Go source, where it is known.
    pub line: Option<u32>,
    pub what: String,
    /// The Jinja misses a value that Go does without.
    pub undefined: bool,
    /// The Go version does not render: there is nothing to compare with.
    pub broken: bool,
}

/// One comparison.
enum Verdict {
    Same,
    /// The Go version does not render either.
    Neither(Doubt),
    Differs(Doubt),
}

/// The versions of a file.
pub(super) struct Versions<'a> {
    pub name: &'a str,
    pub go: &'a str,
    pub jinja: &'a Converted,
    /// The dialect setting the Jinja version will be read under.
    pub syntax: Syntax,
}

impl Project {
    /// Proves a manifest or another template that is rendered in these places; `used` says whether it has to render there.
    ///
    /// # Errors
    /// The first difference.
    pub(super) fn prove(
        &self,
        file: &Versions<'_>,
        places: &[&Place],
        prompt: bool,
        used: bool,
    ) -> Result<Proof, Doubt> {
        let sets = values::sets(file.jinja);
        let cases: Vec<(&Place, usize, &Values)> = places
            .iter()
            .flat_map(|place| sets.iter().enumerate().map(|(index, set)| (*place, index, set)))
            .collect();
        let compare = |(place, _, set): &(&Place, usize, &Values)| {
            let base = if prompt { place.prompt_context() } else { place.context.clone() };
            self.compare(file, place, &set.apply(&base, &self.variables.files))
        };
        let verdicts: Vec<Verdict> = cases.par_iter().map(compare).collect();
        let of_place = cases.iter().map(|(place, index, _)| (*place, *index == 0));
        self.judge(of_place.zip(verdicts).collect(), sets.len(), used)
    }

    fn compare(&self, file: &Versions<'_>, place: &Place, context: &Context) -> Verdict {
        let place = self.shown([place]);
        let engine = Engine::new(context.clone());
        let go = match engine.render(file.name, file.go, Syntax::Go) {
            Ok(output) => output.text,
            Err(error) => {
                let what = format!("in {place}, the Go version does not render: {}", error.message());
                return Verdict::Neither(Doubt {
                    line: Some(error.line()),
                    what,
                    undefined: false,
                    broken: true,
                });
            }
        };
        match engine.render(file.name, &file.jinja.text, file.syntax) {
            Ok(jinja) if jinja.text == go => Verdict::Same,
            Ok(jinja) => {
                let lines = engine.line_map(file.name, file.go, Syntax::Go).unwrap_or_default();
                let line = lines.get(differing_line(&go, &jinja.text)).copied();
                Verdict::Differs(Doubt {
                    line,
                    what: format!("in {place}, it would render differently"),
                    undefined: false,
                    broken: false,
                })
            }
            Err(error) => {
                let undefined = error.message().contains("undefined");
                let what = format!("in {place}, it would not render: {}", error.message());
                Verdict::Differs(Doubt { line: Some(error.line()), what, undefined, broken: false })
            }
        }
    }

    /// Each verdict comes with its place, and whether the values were those at hand.
    fn judge(
        &self,
        verdicts: Vec<((&Place, bool), Verdict)>,
        sets: usize,
        used: bool,
    ) -> Result<Proof, Doubt> {
        let mut proved: Vec<&Place> = Vec::new();
        let mut neither = None;
        for ((place, real), verdict) in verdicts {
            match verdict {
                Verdict::Same if real => proved.push(place),
                Verdict::Same => {}
                Verdict::Neither(doubt) if real && used => return Err(doubt),
                Verdict::Neither(doubt) => neither = neither.or(Some(doubt)),
                Verdict::Differs(doubt) => return Err(doubt),
            }
        }
        match (proved.is_empty(), neither) {
            (true, Some(doubt)) => Err(doubt),
            _ => Ok(Proof { places: self.shown(proved), sets }),
        }
    }

    /// Proves services.yaml itself: the rendered text, the namespaces, and what else is read before it is rendered.
    ///
    /// # Errors
    /// The first difference.
    pub(super) fn prove_services(&self, file: &Versions<'_>, text: &str) -> Result<Proof, Doubt> {
        let changed = self.source.with_text(text);
        let doubt = |what: String| Doubt { line: None, what, undefined: false, broken: false };
        let header = Header::parse(&changed).map_err(|error| doubt(error.to_string()))?;
        if header.project != self.header.project
            || header.environment_names() != self.header.environment_names()
        {
            return Err(doubt("`project` or the names of environments would be read differently".to_owned()));
        }
        let mut sets = values::sets(file.jinja);
        sets.retain(|set| !set.is_bare());
        let cases: Vec<(&Place, usize, &Values)> = self
            .places
            .iter()
            .flat_map(|place| sets.iter().enumerate().map(move |(index, set)| (place, index, set)))
            .collect();
        let compare = |(place, _, set): &(&Place, usize, &Values)| {
            let go = self.rendered(&self.source, &self.header, &place.env, place.slot, set);
            let jinja = self.rendered(&changed, &header, &place.env, place.slot, set);
            let shown = self.shown([*place]);
            match (go, jinja) {
                (Err(error), _) => {
                    let what = format!("in {shown}, the Go version does not render: {error}");
                    Verdict::Neither(Doubt { broken: true, ..doubt(what) })
                }
                (Ok(go), Ok(jinja)) => {
                    difference(&shown, &go, &jinja).map_or(Verdict::Same, Verdict::Differs)
                }
                (Ok(_), Err(error)) => {
                    let undefined = error.contains("undefined");
                    let what = format!("in {shown}, it would not render: {error}");
                    Verdict::Differs(Doubt { undefined, ..doubt(what) })
                }
            }
        };
        let verdicts: Vec<Verdict> = cases.par_iter().map(compare).collect();
        let of_place = cases.iter().map(|(place, index, _)| (*place, *index == 0));
        self.judge(of_place.zip(verdicts).collect(), sets.len(), true)
    }

    fn rendered(
        &self,
        source: &Source,
        header: &Header,
        env: &EnvName,
        slot: Option<Slot>,
        set: &Values,
    ) -> Result<Rendered, String> {
        let mut variables = self.variables.clone();
        set.change(&mut variables);
        let target = Target { env: env.clone(), slot, namespace: None };
        let load = LoadContext::build_at(header.clone(), source, target, variables, self.now);
        Rendered::from(load, source.clone()).map_err(|error| error.to_string())
    }
}

/// What comes of services.yaml before it is parsed.
#[derive(PartialEq)]
struct Facts<'a> {
    text: String,
    namespace: &'a str,
    versions: &'a BTreeMap<String, String>,
    base_domain: &'a BTreeMap<String, String>,
}

fn facts(rendered: &Rendered) -> Facts<'_> {
    let context = rendered.context();
    Facts {
        text: comparable(rendered.text()),
        namespace: &context.namespace,
        versions: &context.versions,
        base_domain: &context.base_domain,
    }
}

/// Where and how two renders of services.yaml differ.
fn difference(place: &str, go: &Rendered, jinja: &Rendered) -> Option<Doubt> {
    let (old, new) = (facts(go), facts(jinja));
    if old == new {
        return None;
    }
    let what = if old.namespace == new.namespace {
        format!("in {place}, it would render differently")
    } else {
        format!("in {place}, the namespace would be another")
    };
    let at = (old.text != new.text).then(|| differing_line(&old.text, &new.text));
    let line = at.and_then(|at| go.line_map().get(at).copied());
    Some(Doubt { line, what, undefined: false, broken: false })
}

/// The text without the one line that has to change, and with every `when` in the case that Go writes: it is read in
/// any.
fn comparable(text: &str) -> String {
    let line = |line: &str| {
        let key = line.trim_start().trim_start_matches("- ");
        match key.strip_prefix("when: ").map(|value| value.trim().trim_matches(['\'', '"'])) {
            Some("True") => line.replace("True", "true"),
            Some("False") => line.replace("False", "false"),
            _ if key.starts_with("templateSyntax:") => "templateSyntax:".to_owned(),
            _ => line.to_owned(),
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The first line (from 0) that is not the same.
fn differing_line(go: &str, jinja: &str) -> usize {
    go.split('\n').zip(jinja.split('\n')).take_while(|(a, b)| a == b).count()
}
