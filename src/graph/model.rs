//! The model: what is in a stack and what refers to what. Every output format draws this and nothing else.

use std::collections::HashMap;

use serde::Serialize;

/// Version of the JSON form; it grows when a field changes its meaning or goes away, not when one is added.
pub const VERSION: u32 = 1;

/// A stack in one environment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Graph {
    /// Version of this form.
    pub version: u32,
    /// The project's name.
    pub project: String,
    /// The environment's name.
    pub environment: String,
    /// Slot number, where one was asked for.
    pub slot: Option<u32>,
    /// The stack's namespace.
    pub namespace: String,
    /// Groups and services: the selected ones, then those left out that something refers to; groups first, in file
    /// order.
    pub units: Vec<Unit>,
    /// Everything in the picture, in the order of units and files; what is only referred to comes last.
    pub nodes: Vec<Node>,
    /// References, in the order of their sources.
    pub edges: Vec<Edge>,
}

/// A group of `infrastructure`, or one of `services`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    /// `infrastructure/postgres`, `services/api`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `infrastructure` or `services`.
    pub kind: &'static str,
    /// Whether it is in the selection; others are here for what is referred to in them.
    pub selected: bool,
}

/// One thing in the picture.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Unique, and the same from run to run: `Deployment.apps/shop-dev/api`, `image/…`, `host/…`, a hook's path.
    pub id: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub sort: Sort,
    /// Its name, without control characters.
    pub name: String,
    /// The [`Unit::id`] it belongs to; images, hosts, the stack's own hooks and what nobody declares have none.
    pub unit: Option<String>,
    /// Whether it is there.
    pub state: State,
    /// Of resources: kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Of resources: `apiVersion`, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Of resources: namespace, where the kind has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Of declared resources: the manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Of images: the entry of `images` that copies or builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ImageSource>,
    /// Of hooks: when it runs (`beforeAll`, `afterApply`) and what it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook: Option<HookFacts>,
}

/// Sorts of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// A Kubernetes object.
    Resource,
    /// A container image.
    Image,
    /// A host name of an Ingress.
    Host,
    /// A hook step.
    Hook,
}

/// Whether a node is there, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The selection has it.
    Declared,
    /// The stack has it, in a group or service that the filters leave out.
    Outside,
    /// Something in the stack makes it: a hook, a StatefulSet's claim template, cert-manager.
    Made,
    /// Every cluster has it, or it lies in a namespace that is not the stack's.
    Cluster,
    /// Nothing has it, and all that refer to it say `optional`.
    Optional,
    /// Nothing has it: a dangling reference.
    Missing,
}

/// Where an image of the stack's registry comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSource {
    /// Name below `images`.
    pub entry: String,
    /// `external` (copied) or `build`.
    #[serde(rename = "type")]
    pub sort: &'static str,
    /// Of external ones: where it is copied from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// When a hook runs, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HookFacts {
    /// `beforeAll`, `afterAll`, `beforeApply`, `afterApply`, `beforeDestroy`, `afterDestroy`.
    pub phase: &'static str,
    /// `run`, or the builtin's name.
    pub action: &'static str,
}

/// A reference between two nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// [`Node::id`] of what refers.
    pub from: String,
    /// [`Node::id`] of what is referred to.
    pub to: String,
    /// How.
    pub relation: Relation,
    /// Whether the reference says that its target may be absent.
    pub optional: bool,
    /// Whether it leads nowhere and may not.
    pub dangling: bool,
}

/// How one thing refers to another. The words are those of the manifests where these have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    /// `env[].valueFrom`.
    Env,
    /// `envFrom`.
    EnvFrom,
    /// `volumes`, projected ones too.
    Volume,
    /// `volumeClaimTemplates`.
    ClaimTemplate,
    /// `imagePullSecrets`.
    ImagePullSecret,
    /// `serviceAccountName`.
    ServiceAccount,
    /// `serviceName` of a StatefulSet.
    ServiceName,
    /// A container's `image`.
    Image,
    /// A selector that matches pods.
    Selects,
    /// An Ingress backend.
    Backend,
    /// `tls[].secretName`.
    Tls,
    /// A host of an Ingress.
    Host,
    /// A class: of an Ingress, a volume claim, a pod.
    Class,
    /// `scaleTargetRef`.
    Scales,
    /// `roleRef`.
    RoleRef,
    /// `subjects`.
    Subject,
    /// A Secret that belongs to a ServiceAccount.
    Secret,
    /// Makes it while the stack is applied.
    Makes,
    /// A hook that waits for it.
    WaitsFor,
}

impl Relation {
    /// The word on an edge.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::EnvFrom => "envFrom",
            Self::Volume => "volume",
            Self::ClaimTemplate => "claimTemplate",
            Self::ImagePullSecret => "imagePullSecret",
            Self::ServiceAccount => "serviceAccount",
            Self::ServiceName => "serviceName",
            Self::Image => "image",
            Self::Selects => "selects",
            Self::Backend => "backend",
            Self::Tls => "tls",
            Self::Host => "host",
            Self::Class => "class",
            Self::Scales => "scales",
            Self::RoleRef => "roleRef",
            Self::Subject => "subject",
            Self::Secret => "secret",
            Self::Makes => "makes",
            Self::WaitsFor => "waitsFor",
        }
    }
}

/// All references from one node to another, as pictures draw them: one line.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// Position of the source in [`Graph::nodes`].
    pub from: usize,
    /// Position of the target in [`Graph::nodes`].
    pub to: usize,
    /// The references.
    pub edges: Vec<&'a Edge>,
}

impl Link<'_> {
    /// Whether it leads nowhere and may not.
    pub fn dangling(&self) -> bool {
        self.edges.iter().any(|edge| edge.dangling)
    }

    /// Whether all references say `optional`.
    pub fn optional(&self) -> bool {
        self.edges.iter().all(|edge| edge.optional)
    }

    /// `envFrom, volume`.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.edges.iter().map(|edge| edge.relation.as_str()).collect();
        words.join(", ")
    }
}

impl Graph {
    /// The edges, those between the same two nodes together.
    pub fn links(&self) -> Vec<Link<'_>> {
        let at: HashMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let mut known = HashMap::new();
        let mut links: Vec<Link<'_>> = Vec::new();
        for edge in &self.edges {
            let (Some(from), Some(to)) = (at.get(edge.from.as_str()), at.get(edge.to.as_str())) else {
                continue;
            };
            let place = *known.entry((*from, *to)).or_insert(links.len());
            match links.get_mut(place) {
                Some(link) => link.edges.push(edge),
                None => links.push(Link { from: *from, to: *to, edges: vec![edge] }),
            }
        }
        links
    }

    /// How many references dangle.
    pub fn dangling(&self) -> usize {
        self.edges.iter().filter(|edge| edge.dangling).count()
    }

    /// `shop, environment ai, slot 3`.
    pub fn title(&self) -> String {
        let slot = self.slot.map(|slot| format!(", slot {slot}")).unwrap_or_default();
        format!("{}, environment {}{slot}", self.project, self.environment)
    }
}

impl Node {
    /// The small word above the name: the kind, `image`, `host`, a hook's phase.
    pub fn caption(&self) -> &str {
        match (&self.kind, &self.hook) {
            (Some(kind), _) => kind,
            (None, Some(hook)) => hook.phase,
            (None, None) if self.sort == Sort::Image => "image",
            (None, None) => "host",
        }
    }

    /// One line about it, for tooltips.
    pub fn sentence(&self) -> String {
        let mut text = match &self.hook {
            Some(hook) => format!("hook {}: {} ({})", hook.phase, self.name, hook.action),
            None => format!("{} {}", self.caption(), self.name),
        };
        if let Some(namespace) = &self.namespace {
            text.push_str(&format!(", namespace {namespace}"));
        }
        if let Some(file) = &self.file {
            text.push_str(&format!(", {file}"));
        }
        if let Some(source) = &self.source {
            text.push_str(&format!(", {}", source.sentence()));
        }
        if let Some(note) = self.state.note() {
            text.push_str(&format!(" ({note})"));
        }
        text
    }
}

impl ImageSource {
    /// `built by images.api`, `copied by images.postgres`.
    pub fn word(&self) -> String {
        let how = if self.from.is_some() { "copied" } else { "built" };
        format!("{how} by images.{}", self.entry)
    }

    /// The same, with where it is copied from.
    pub fn sentence(&self) -> String {
        let from = self.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        format!("{}{from}", self.word())
    }
}

impl State {
    /// What a reader should know; nothing about what is simply there.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::Declared => None,
            Self::Outside => Some("outside the selection"),
            Self::Made => Some("made while applying"),
            Self::Cluster => Some("the cluster's"),
            Self::Optional => Some("optional, not declared"),
            Self::Missing => Some("not declared"),
        }
    }
}
