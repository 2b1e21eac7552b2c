//! The slot protocol against a model of a cluster: runs of create, set, gc and cleanup, interleaved at every operation,
//! killed and restarted anywhere, with answers that get lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use codexctl::config::{EnvName, Slot};
use codexctl::slots::{
    Aftercare, Collector, Due, Number, Order, Outcome, Pool, Purpose, Record, Request, Snapshot, State,
    Store, Tenancy, Trouble, View, allocate, assign, look, sweep_claims,
};
use codexctl::tools::kubectl_cas::{Deleted, Precondition};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Random numbers from a seed (xorshift): a failing case can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

/// What the model's cluster holds.
#[derive(Default)]
struct World {
    configmaps: BTreeMap<String, Value>,
    namespaces: BTreeMap<String, Value>,
    /// Namespace → identity of the tenancy that made it.
    tenants: BTreeMap<String, String>,
    clock: u64,
}

impl World {
    fn stamp(&mut self, object: &Value, uid: Option<&Value>) -> Value {
        self.clock += 1;
        let mut object = object.clone();
        object["metadata"]["uid"] = uid.cloned().unwrap_or_else(|| format!("uid-{}", self.clock).into());
        object["metadata"]["resourceVersion"] = self.clock.to_string().into();
        object
    }

    fn create(&mut self, object: &Value) -> Option<Value> {
        let name = object["metadata"]["name"].as_str().unwrap().to_string();
        let stamped = self.stamp(object, None);
        let namespace = object["kind"] == "Namespace";
        let map = if namespace { &mut self.namespaces } else { &mut self.configmaps };
        if map.contains_key(&name) {
            return None;
        }
        map.insert(name, stamped.clone());
        Some(stamped)
    }

    fn replace(&mut self, object: &Value) -> bool {
        let name = object["metadata"]["name"].as_str().unwrap().to_string();
        let Some(old) = self.configmaps.get(&name).cloned() else { return false };
        if old["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"] {
            return false;
        }
        let stamped = self.stamp(object, Some(&old["metadata"]["uid"]));
        self.configmaps.insert(name, stamped);
        true
    }

    fn delete(&mut self, path: &str, only: &Precondition) -> Deleted {
        let name = path.rsplit('/').next().unwrap();
        let namespace = !path.contains("/configmaps/");
        let map = if namespace { &mut self.namespaces } else { &mut self.configmaps };
        let Some(object) = map.get_mut(name) else { return Deleted::Missing };
        let version = &object["metadata"]["resourceVersion"];
        if object["metadata"]["uid"] != *only.uid || only.version.as_ref().is_some_and(|only| version != only)
        {
            return Deleted::Changed;
        }
        if namespace {
            object["metadata"]["deletionTimestamp"] = "now".into();
        } else {
            map.remove(name);
        }
        Deleted::Done
    }

    fn finish(&mut self, namespace: &str) {
        let terminating = |object: &Value| !object["metadata"]["deletionTimestamp"].is_null();
        if self.namespaces.get(namespace).is_some_and(terminating) {
            self.namespaces.remove(namespace);
            self.tenants.remove(namespace);
        }
    }
}

/// What happens to the next operation of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Done,
    /// It fails in a passing way, before or after it has happened.
    LostBefore,
    LostAfter,
    /// The run is killed, before or after.
    KilledBefore,
    KilledAfter,
}

/// A run waits for its turn.
type Turn = (usize, Sender<Fate>);

enum Message {
    Turn(Turn),
    Over(Option<(u32, String, bool)>),
}

/// The model as one run sees it.
struct Actor<'a> {
    id: usize,
    world: &'a Mutex<World>,
    director: Sender<Message>,
    dead: Mutex<bool>,
}

impl Actor<'_> {
    fn act<T>(&self, change: impl FnOnce(&mut World) -> T) -> Outcome<T> {
        let killed = || Trouble::Lasting(anyhow::anyhow!("killed"));
        if *self.dead.lock().unwrap() {
            return Err(killed());
        }
        let (reply, turn) = channel();
        self.director.send(Message::Turn((self.id, reply))).unwrap();
        let fate = turn.recv().unwrap();
        let happens = matches!(fate, Fate::Done | Fate::LostAfter | Fate::KilledAfter);
        let result = happens.then(|| change(&mut self.world.lock().unwrap()));
        match (fate, result) {
            (Fate::Done, Some(result)) => Ok(result),
            (Fate::LostBefore | Fate::LostAfter, _) => Err(Trouble::Passing(anyhow::anyhow!("lost"))),
            _ => {
                *self.dead.lock().unwrap() = true;
                Err(killed())
            }
        }
    }
}

impl Store for Actor<'_> {
    fn read(&self) -> Outcome<Snapshot> {
        let configmaps = self.act(|world| world.configmaps.clone())?;
        // kubectl asks for the two lists one after the other; much may happen in between.
        let namespaces = self.act(|world| world.namespaces.clone())?;
        Ok(Snapshot { configmaps, namespaces })
    }

    fn create(&self, objects: &[Value]) -> Outcome<Vec<Option<Value>>> {
        objects.iter().map(|object| self.act(|world| world.create(object))).collect()
    }

    fn replace(&self, object: &Value) -> Outcome<bool> {
        self.act(|world| world.replace(object))
    }

    fn delete(&self, path: &str, only: &Precondition) -> Outcome<Deleted> {
        self.act(|world| world.delete(path, only))
    }

    fn wait_gone(&self, namespace: &str, _: Duration) -> Outcome<bool> {
        self.act(|world| world.finish(namespace))?;
        Ok(true)
    }

    fn pause(&self, _: Duration) -> bool {
        self.act(|_| ()).is_err() && *self.dead.lock().unwrap()
    }
}

struct NoCare;

impl Aftercare for NoCare {
    fn sweep(&self, _: &Record) -> Outcome<()> {
        Ok(())
    }

    fn tell(&self, _: &Record) {}
}

fn pool() -> Pool<'static> {
    Pool::new("demo", EnvName::new("ai"), "codex-system", "codex-env-", |slot| Ok(format!("demo-dev-{slot}")))
}

fn number(n: u64) -> Option<Number> {
    n.to_string().parse().ok()
}

/// What a run does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Create { issue: u64, pr: Option<u64>, apply: bool },
    Set { slot: u32, pr: u64 },
    Gc,
    Cleanup { issue: u64 },
}

impl Deed {
    fn random(dice: &mut Dice) -> Self {
        let issue = 1 + dice.roll(3);
        match dice.roll(10) {
            0 => Self::Gc,
            1 => Self::Cleanup { issue },
            2 => Self::Set { slot: 1 + u32::try_from(dice.roll(3)).unwrap(), pr: 11 + dice.roll(3) },
            _ => {
                let pr = (dice.roll(3) == 0).then(|| 11 + dice.roll(3));
                Self::Create { issue, pr, apply: dice.roll(2) == 0 }
            }
        }
    }

    /// Does it; for a slot that was handed out: its number, identity, and whether it was made now.
    fn run(self, store: &Actor<'_>) -> anyhow::Result<Option<(u32, String, bool)>> {
        let pool = pool();
        match self {
            Self::Create { issue, pr, apply } => {
                let purpose = Purpose { issue: number(issue), pr: pr.and_then(number) };
                let order = Order { purpose, owner: "manual".into(), run: format!("run-{}", store.id) };
                let request = Request { order, max: Some(4), prefer: None, wait: None };
                let got = allocate(&pool, store, &request)?;
                let (slot, identity) = (got.record.slot, got.record.identity().to_string());
                if apply {
                    drop(store.act(|world| make_namespace(world, slot, &identity)));
                }
                Ok(Some((slot.number(), identity, got.created)))
            }
            Self::Set { slot, pr } => {
                let purpose = Purpose { issue: None, pr: number(pr) };
                assign(&pool, store, slot.to_string().parse().unwrap(), purpose)?;
                Ok(None)
            }
            Self::Gc => collect(&pool, store, None),
            Self::Cleanup { issue } => collect(&pool, store, Some(issue)),
        }
    }
}

/// As `apply --slot` by the slot's tenant: only as long as the slot is his.
fn make_namespace(world: &mut World, slot: Slot, identity: &str) {
    let pool = pool();
    let object = world.configmaps.get(&pool.record_name(slot)).cloned();
    let record = object.and_then(|object| Record::read(slot, &object).ok());
    if record.is_some_and(|record| record.identity() == identity && record.state() == State::Ready) {
        let name = pool.namespace(slot).unwrap();
        if world.create(&json!({"kind": "Namespace", "metadata": {"name": name}})).is_some() {
            world.tenants.insert(name, identity.into());
        }
    }
}

fn collect(
    pool: &Pool,
    store: &dyn Store,
    issue: Option<u64>,
) -> anyhow::Result<Option<(u32, String, bool)>> {
    let view = look(pool, store)?;
    let keys = Purpose { issue: issue.and_then(number), pr: None }.keys();
    let (tenancies, due) = match issue {
        Some(_) => (view.find(None, &keys)?.map(Tenancy::of).into_iter().collect(), Due::Now),
        None => {
            let due = Due::Before(Timestamp::now() + Duration::from_secs(5));
            (view.own().map(Tenancy::of).collect::<Vec<_>>(), due)
        }
    };
    let collector = Collector { pool, store, aftercare: &NoCare, limit: Duration::from_secs(60) };
    for (_, result) in collector.all(tenancies, due, 1) {
        result?;
    }
    sweep_claims(pool, store)?;
    Ok(None)
}

/// What must hold after every operation.
fn check(world: &World) {
    let pool = pool();
    let snapshot = Snapshot { configmaps: world.configmaps.clone(), namespaces: BTreeMap::new() };
    let view = View::new(&pool, snapshot);
    for (namespace, identity) in &world.tenants {
        let mut records = view.own().filter(|record| record.identity() == identity);
        let held = records.any(|record| record.namespace == *namespace);
        assert!(held, "namespace {namespace} of {identity} is there, its record is not");
    }
    let mut issues = BTreeSet::new();
    for record in view.own().filter(|record| record.state() == State::Ready) {
        assert!(issues.insert(record.purpose.issue), "two slots for {:?}", record.purpose);
    }
}

/// Runs deeds side by side, one operation at a time, in an order and with fates that the dice give.
fn play(
    world: &Mutex<World>,
    deeds: &[Deed],
    first: usize,
    dice: &mut Dice,
    harm: bool,
) -> Vec<(u32, String, bool)> {
    let (director, messages): (Sender<Message>, Receiver<Message>) = channel();
    let mut handed_out = Vec::new();
    std::thread::scope(|scope| {
        for (at, deed) in deeds.iter().enumerate() {
            let store = Actor { id: first + at, world, director: director.clone(), dead: Mutex::new(false) };
            scope.spawn(move || {
                let result = deed.run(&store);
                store.director.send(Message::Over(result.ok().flatten())).unwrap();
            });
        }
        let mut running = deeds.len();
        let mut waiting: Vec<Turn> = Vec::new();
        while running > 0 {
            if waiting.len() < running {
                match messages.recv().unwrap() {
                    Message::Turn(turn) => waiting.push(turn),
                    Message::Over(result) => {
                        running -= 1;
                        handed_out.extend(result);
                    }
                }
                continue;
            }
            // The order of arrival is the operating system's; the order of turns is the dice's.
            waiting.sort_by_key(|(id, _)| *id);
            let at = usize::try_from(dice.roll(waiting.len() as u64)).unwrap();
            let (_, reply) = waiting.swap_remove(at);
            let fate = match dice.roll(if harm { 60 } else { 1 }) {
                1 => Fate::KilledBefore,
                2 => Fate::KilledAfter,
                3 => Fate::LostBefore,
                4 => Fate::LostAfter,
                _ => Fate::Done,
            };
            reply.send(fate).unwrap();
            // Its effect is there when it asks for its next turn, or is over.
            match messages.recv().unwrap() {
                Message::Turn(turn) => waiting.push(turn),
                Message::Over(result) => {
                    running -= 1;
                    handed_out.extend(result);
                }
            }
            check(&world.lock().unwrap());
        }
    });
    handed_out
}

/// `CODEXCTL_MODEL_CASES` for longer runs.
fn cases() -> u32 {
    std::env::var("CODEXCTL_MODEL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slots_are_never_lost_leaked_or_handed_out_twice(seed in 1_u64..u64::MAX) {
        let mut dice = Dice(seed);
        let world = Mutex::new(World::default());
        let mut handed_out = Vec::new();
        let mut first = 0;
        for _ in 0..3 {
            let deeds: Vec<Deed> = (0..=dice.roll(6)).map(|_| Deed::random(&mut dice)).collect();
            handed_out.extend(play(&world, &deeds, first, &mut dice, true));
            first += deeds.len();
        }
        // One more run for each issue, undisturbed: it gets the one slot, and nothing reserved is left.
        for issue in 1..=3 {
            let create = Deed::Create { issue, pr: None, apply: true };
            handed_out.extend(play(&world, &[create], first, &mut dice, false));
            first += 1;
        }
        let created: Vec<&(u32, String, bool)> = handed_out.iter().filter(|(.., created)| *created).collect();
        let identities: BTreeSet<&String> = created.iter().map(|(_, identity, _)| identity).collect();
        prop_assert_eq!(identities.len(), created.len(), "each slot is made by one run");
        // One gc, undisturbed: nothing is left.
        play(&world, &[Deed::Gc], first, &mut dice, false);
        let world = world.lock().unwrap();
        prop_assert!(world.configmaps.is_empty(), "{:?}", world.configmaps.keys());
        prop_assert_eq!(world.namespaces.keys().collect::<Vec<_>>(), ["codex-system"]);
    }
}
