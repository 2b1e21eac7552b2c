//! What one look at the cluster says about the slots of a pool. Pure: every question of the protocol is answered here,
//! from one snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::claim::Claim;
use super::key::Key;
use super::pool::Pool;
use super::record::{Record, State};
use crate::config::Slot;
use crate::error::Fault;

/// How many slots are looked at whose namespace's name does not tell their number.
const FIRST: usize = 500;

/// What a look found: ConfigMaps of the state namespace and all namespaces.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// ConfigMaps by name.
    pub configmaps: BTreeMap<String, Value>,
    /// Namespaces by name.
    pub namespaces: BTreeMap<String, Value>,
}

impl Snapshot {
    /// Sorts the items of a `kubectl get configmaps,namespaces -o json`.
    pub fn of(items: Vec<Value>) -> Self {
        let mut snapshot = Self::default();
        for item in items {
            let name = item["metadata"]["name"].as_str().unwrap_or_default().to_string();
            match item["kind"].as_str() {
                Some("ConfigMap") => drop(snapshot.configmaps.insert(name, item)),
                Some("Namespace") => drop(snapshot.namespaces.insert(name, item)),
                _ => {}
            }
        }
        snapshot
    }
}

/// One number that is taken.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A record of this pool.
    Own(Record),
    /// A record of another environment or project that uses the same names.
    Foreign(Record),
    /// A record of this environment that names no project and another namespace than the pattern gives: another
    /// project's, or a mistake. Nothing is done to it.
    Unclear(Record),
    /// A record that cannot be read, with what is wrong.
    Broken(Vec<String>),
}

impl Entry {
    /// The record, if it can be read.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Own(record) | Self::Foreign(record) | Self::Unclear(record) => Some(record),
            Self::Broken(_) => None,
        }
    }
}

/// Who holds a number, for people.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = match self {
            Self::Broken(wrong) => return write!(f, "broken record: {}", wrong.join(", ")),
            Self::Own(record) | Self::Foreign(record) | Self::Unclear(record) => record,
        };
        let keys: Vec<String> = record.purpose.keys().iter().map(Key::spoken).collect();
        let what = if keys.is_empty() { "no issue".into() } else { keys.join(", ") };
        write!(f, "{what}, {}, owner {}, since {}", record.namespace, record.owner, record.created_at)?;
        match self {
            Self::Own(record) if record.state() == State::Terminating => f.write_str(", terminating"),
            Self::Own(_) | Self::Broken(_) => Ok(()),
            Self::Foreign(record) => {
                let project = record.project.as_deref().unwrap_or("another project");
                write!(f, " ({project}, environment {})", record.env)
            }
            Self::Unclear(_) => f.write_str(" (not the namespace that the pattern gives)"),
        }
    }
}

/// A snapshot as a pool sees it.
#[derive(Debug)]
pub struct View<'a> {
    pool: &'a Pool<'a>,
    /// All taken numbers.
    pub entries: BTreeMap<Slot, Entry>,
    snapshot: Snapshot,
}

impl<'a> View<'a> {
    /// Reads the records of a snapshot.
    pub fn new(pool: &'a Pool<'a>, snapshot: Snapshot) -> Self {
        let mut entries = BTreeMap::new();
        for (name, object) in &snapshot.configmaps {
            let Some(slot) = pool.slot_of(name) else { continue };
            let entry = match Record::read(slot, object) {
                Err(wrong) => Entry::Broken(wrong),
                Ok(record) => sort(pool, record),
            };
            entries.insert(slot, entry);
        }
        Self { pool, entries, snapshot }
    }

    /// Records of this pool.
    pub fn own(&self) -> impl Iterator<Item = &Record> {
        self.entries.values().filter_map(|entry| match entry {
            Entry::Own(record) => Some(record),
            _ => None,
        })
    }

    /// This pool's record of a slot.
    pub fn record(&self, slot: Slot) -> Option<&Record> {
        match self.entries.get(&slot) {
            Some(Entry::Own(record)) => Some(record),
            _ => None,
        }
    }

    /// A record that may be this pool's.
    pub fn suspect(&self, slot: Slot) -> Option<&Record> {
        match self.entries.get(&slot) {
            Some(Entry::Own(record) | Entry::Unclear(record)) => Some(record),
            _ => None,
        }
    }

    /// What a run has made, unless it is being taken down already.
    pub fn made_by(&self, run: &str) -> Option<&Record> {
        self.own().find(|record| record.made_by() == Some(run) && record.state() != State::Terminating)
    }

    /// The claim of a key.
    pub fn claim(&self, key: Key) -> Option<Claim> {
        Claim::read(self.snapshot.configmaps.get(&self.pool.claim_name(key))?)
    }

    /// The record that has a key: its claim names it, it is not being taken down, and it still says so itself. A
    /// reserved record has its further keys only once it has the one that it was made for.
    pub fn holder(&self, key: Key) -> Option<&Record> {
        let record = self.claimed(key)?;
        match record.reserved_for() {
            Some(first) if first != key => {
                let main = self.claimed(first)?;
                (main.identity() == record.identity()).then_some(record)
            }
            _ => Some(record),
        }
    }

    fn claimed(&self, key: Key) -> Option<&Record> {
        let claim = self.claim(key)?;
        let record = self.record(claim.slot)?;
        let holds = record.identity() == claim.identity
            && record.state() != State::Terminating
            && record.purpose.has(key);
        holds.then_some(record)
    }

    /// Records for a key that no claim names: of the Go tool, made by hand, or left by a run that was killed. Those
    /// that were handed out come first, then by number.
    pub fn unclaimed(&self, key: Key) -> Option<&Record> {
        let fits = |record: &&Record| match record.state() {
            State::Terminating => false,
            State::Ready => record.purpose.has(key),
            State::Reserved => record.reserved_for() == Some(key) && record.purpose.has(key),
        };
        self.own().filter(fits).min_by_key(|record| (record.state() == State::Reserved, record.slot))
    }

    /// The record that has a key, or would have it if anybody asked: its claim may be missing.
    pub fn owner(&self, key: Key) -> Option<&Record> {
        self.holder(key).or_else(|| self.unclaimed(key))
    }

    /// Records made for a key whose claim names another one: their makers lost, and were killed before they could
    /// clear up.
    pub fn orphans(&self, key: Key) -> impl Iterator<Item = &Record> {
        let holder = self.holder(key).map(|record| record.identity().to_string());
        self.own().filter(move |record| {
            record.state() == State::Reserved
                && record.reserved_for() == Some(key)
                && holder.as_deref().is_some_and(|holder| holder != record.identity())
        })
    }

    /// Claims of this pool that name no record any more.
    pub fn stale_claims(&self) -> Vec<Claim> {
        let claims = self.snapshot.configmaps.values().filter_map(Claim::read);
        let mine = claims.filter(|claim| claim.name == self.pool.claim_name(claim.key));
        mine.filter(|claim| self.record(claim.slot).is_none_or(|record| record.identity() != claim.identity))
            .collect()
    }

    /// Claims that name this record.
    pub fn claims_of(&self, record: &Record) -> Vec<Claim> {
        let claims = self.snapshot.configmaps.values().filter_map(Claim::read);
        claims
            .filter(|claim| {
                claim.name == self.pool.claim_name(claim.key)
                    && claim.slot == record.slot
                    && claim.identity == record.identity()
            })
            .collect()
    }

    /// The slot's record for these keys and number, where all that are given agree.
    ///
    /// # Errors
    /// They name different slots.
    pub fn find(&self, slot: Option<Slot>, keys: &[Key]) -> Result<Option<&Record>, Fault> {
        let mut found: Option<(&Record, String)> = None;
        let by_slot = slot.map(|slot| (self.record(slot), "--slot".to_string()));
        let by_key = keys.iter().map(|key| {
            let ready = |key| self.unclaimed(key).filter(|record| record.state() == State::Ready);
            (self.holder(*key).or_else(|| ready(*key)).or_else(|| self.leaving(*key)), key.spoken())
        });
        let mut missing = None;
        for (record, what) in by_slot.into_iter().chain(by_key) {
            match (record, &found) {
                (None, _) => missing = Some(what),
                (Some(record), Some((other, first))) if other.slot != record.slot => {
                    return Err(Fault::failed(format!(
                        "{first} is slot {}, but {what} is slot {}",
                        other.slot, record.slot
                    )));
                }
                (Some(record), _) => found = Some((record, what)),
            }
        }
        match (found, missing) {
            (Some((record, first)), Some(what)) => {
                Err(Fault::failed(format!("{first} is slot {}, but {what} has none", record.slot)))
            }
            (found, _) => Ok(found.map(|(record, _)| record)),
        }
    }

    /// A record for a key that is being taken down.
    fn leaving(&self, key: Key) -> Option<&Record> {
        self.own().find(|record| record.state() == State::Terminating && record.purpose.has(key))
    }

    /// Whether the state namespace is there.
    pub fn has_state_namespace(&self) -> bool {
        self.snapshot.namespaces.contains_key(&self.pool.state_namespace)
    }

    /// UID of a namespace that is there.
    pub fn namespace_uid(&self, name: &str) -> Option<&str> {
        self.snapshot.namespaces.get(name)?["metadata"]["uid"].as_str()
    }

    /// Whether a namespace is on its way out.
    pub fn is_terminating(&self, name: &str) -> bool {
        let namespace = self.snapshot.namespaces.get(name);
        namespace.is_some_and(|namespace| !namespace["metadata"]["deletionTimestamp"].is_null())
    }

    /// What keeps a namespace, in the words of its conditions.
    pub fn why_terminating(&self, name: &str) -> String {
        let conditions = self.snapshot.namespaces.get(name).map(|n| &n["status"]["conditions"]);
        let stuck = conditions.and_then(Value::as_array).into_iter().flatten();
        let said: Vec<&str> = stuck
            .filter(|condition| condition["status"] == "True")
            .filter_map(|condition| condition["message"].as_str())
            .collect();
        said.join("; ")
    }

    /// Free slots up to `max`, at most `count` of them: `prefer` first, then the lowest. A slot without a record
    /// whose namespace is there, terminating or not, or is another record's, is not free.
    ///
    /// # Errors
    /// A pattern that gives no namespace.
    pub fn free(&self, max: Option<u32>, prefer: Option<Slot>, count: usize) -> Result<Vec<Slot>, Fault> {
        let mut free = Vec::new();
        let records = self.entries.values().filter_map(Entry::record);
        let recorded: BTreeSet<&str> = records.map(|record| record.namespace.as_str()).collect();
        let all = std::iter::successors(Some(Slot::FIRST), |slot| Some(slot.next()));
        let all = all.take_while(|slot| max.is_none_or(|max| slot.number() <= max));
        let prefer = prefer.filter(|slot| max.is_none_or(|max| slot.number() <= max));
        for slot in prefer.into_iter().chain(all.filter(|slot| Some(*slot) != prefer)) {
            if free.len() >= count {
                break;
            }
            let taken = self.entries.contains_key(&slot);
            if !taken {
                let namespace = self.pool.namespace(slot)?;
                let there = self.snapshot.namespaces.contains_key(&namespace);
                if !there && !recorded.contains(namespace.as_str()) {
                    free.push(slot);
                }
            }
        }
        Ok(free)
    }

    /// Slots up to `max` that have no record, but a namespace: the first ones, and those whose number is part of a
    /// namespace's name. Numbers are given by hand, and may be too high to try all below.
    ///
    /// # Errors
    /// A pattern that gives no namespace.
    pub fn without_record(&self, max: u32) -> Result<Vec<(Slot, String)>, Fault> {
        let names = self.snapshot.namespaces.keys();
        let named =
            names.flat_map(|name| name.split(|c: char| !c.is_ascii_digit())).filter_map(|n| n.parse().ok());
        let first = std::iter::successors(Some(Slot::FIRST), |slot| Some(slot.next())).take(FIRST);
        let candidates: BTreeSet<Slot> = first.chain(named).filter(|slot| slot.number() <= max).collect();
        let mut found = Vec::new();
        for slot in candidates {
            if !self.entries.contains_key(&slot) {
                let namespace = self.pool.namespace(slot)?;
                if self.snapshot.namespaces.contains_key(&namespace) {
                    found.push((slot, namespace));
                }
            }
        }
        Ok(found)
    }
}

/// Whose record it is.
fn sort(pool: &Pool, record: Record) -> Entry {
    if record.env != pool.env.as_str() {
        return Entry::Foreign(record);
    }
    match &record.project {
        Some(project) if *project == pool.project => Entry::Own(record),
        Some(_) => Entry::Foreign(record),
        None if pool.namespace(record.slot).is_ok_and(|own| own == record.namespace) => Entry::Own(record),
        None => Entry::Unclear(record),
    }
}
