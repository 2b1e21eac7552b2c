//! Which groups and services take part: filters and `when`.

use anyhow::Result;

use crate::config::{Stack, holds};
use crate::error::Fault;
use crate::suggest::nearest;

/// `--only-*` and `--skip-*`, as they were given.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Only these services; empty: all.
    pub only_services: Vec<String>,
    /// All but these services.
    pub skip_services: Vec<String>,
    /// Only these groups; empty: all.
    pub only_infra: Vec<String>,
    /// All but these groups.
    pub skip_infra: Vec<String>,
}

/// Group or service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// One of `infrastructure`.
    Infrastructure,
    /// One of `services`.
    Service,
}

impl UnitKind {
    /// As a folder name and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Infrastructure => "infrastructure",
            Self::Service => "services",
        }
    }
}

/// A unit that takes part.
#[derive(Clone, Debug)]
pub struct UnitRef {
    /// Group or service.
    pub kind: UnitKind,
    /// Position in its list.
    pub index: usize,
    /// Its name.
    pub name: String,
}

/// The units that take part, groups first, in file order.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The units.
    pub units: Vec<UnitRef>,
}

impl Selected {
    /// Applies filters and `when`.
    ///
    /// # Errors
    /// A name in a filter that services.yaml does not know.
    pub fn new(stack: &Stack, filters: &Filters) -> Result<Self> {
        let groups: Vec<(&str, Option<&str>)> = stack
            .file
            .infrastructure
            .iter()
            .map(|group| {
                (group.value.name.value.as_str(), group.value.when.as_ref().map(|w| w.value.as_str()))
            })
            .collect();
        let services: Vec<(&str, Option<&str>)> = stack
            .file
            .services
            .iter()
            .map(|service| {
                (service.value.name.value.as_str(), service.value.when.as_ref().map(|w| w.value.as_str()))
            })
            .collect();
        check("--only-infra", &filters.only_infra, &groups)?;
        check("--skip-infra", &filters.skip_infra, &groups)?;
        check("--only-services", &filters.only_services, &services)?;
        check("--skip-services", &filters.skip_services, &services)?;
        let mut units = Vec::new();
        for (kind, list, only, skip) in [
            (UnitKind::Infrastructure, &groups, &filters.only_infra, &filters.skip_infra),
            (UnitKind::Service, &services, &filters.only_services, &filters.skip_services),
        ] {
            for (index, (name, when)) in list.iter().enumerate() {
                let named = |names: &[String]| names.iter().any(|other| other == name);
                if (only.is_empty() || named(only)) && !named(skip) && holds(*when, true) {
                    units.push(UnitRef { kind, index, name: (*name).to_string() });
                }
            }
        }
        Ok(Self { units })
    }

    /// The units of this that `other` does not have.
    pub fn without(self, other: &Self) -> impl Iterator<Item = UnitRef> {
        let has = |unit: &UnitRef| other.units.iter().any(|o| o.kind == unit.kind && o.index == unit.index);
        self.units.into_iter().filter(move |unit| !has(unit))
    }
}

fn check(flag: &str, wanted: &[String], units: &[(&str, Option<&str>)]) -> Result<()> {
    let known: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    for name in wanted {
        if !known.contains(&name.as_str()) {
            let known_text = if known.is_empty() { "none".into() } else { known.join(", ") };
            let fault = Fault::invalid(format!("{flag}: unknown name `{name}`"));
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`? known: {known_text}"),
                None => format!("known: {known_text}"),
            };
            return Err(fault.hint(hint).into());
        }
    }
    Ok(())
}
