//! Every rule: its stable id, how bad breaking it is, and what it says. Ids are an interface: they may come, not change.

use super::finding::Severity;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// `family/what`, in kebab-case.
    pub id: &'static str,
    /// How bad it is, unless a flag says otherwise.
    pub severity: Severity,
    /// One sentence.
    pub about: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $about:literal;)*) => {
        $(pub(super) static $name: Rule =
            Rule { id: $id, severity: Severity::$severity, about: $about };)*
        /// All rules, in the order of this file.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    // services.yaml
    UNREADABLE_CONFIG = "config/unreadable", Error, "services.yaml can be read: it is UTF-8 and not empty.";
    UNKNOWN_KEY = "config/unknown-key", Warning, "Keys of services.yaml are known ones.";
    INVALID = "config/invalid", Error, "Values of services.yaml have the types and forms they must have.";
    INHERITANCE = "config/inheritance", Error, "`from` names an environment, and environments do not inherit in a circle.";
    VARIABLES = "config/variables", Error, "envFiles and the var-file are there and can be read.";
    NO_ENVIRONMENTS = "config/no-environments", Error, "services.yaml declares at least one environment.";
    UNKNOWN_ENVIRONMENT = "config/unknown-environment", Error, "An environment that is asked for is declared.";
    UNKNOWN_ENVIRONMENT_KEY = "config/unknown-environment-key", Warning, "What is set per environment is set for declared ones.";
    UNKNOWN_GROUP = "config/unknown-group", Error, "slotBootstrapInfra names infrastructure groups.";
    NAMESPACE = "config/namespace", Error, "The namespace of an environment is a DNS-1123 label.";
    // files
    MISSING = "file/missing", Error, "Files that services.yaml names are there.";
    UNREADABLE = "file/unreadable", Error, "Files that services.yaml names can be read.";
    NOT_UTF8 = "file/not-utf8", Error, "Files are UTF-8.";
    NAMED_TWICE = "file/named-twice", Error, "A unit names each of its manifests once.";
    MISSING_DOCKERFILE = "file/missing-dockerfile", Error, "The Dockerfile of an image that is built is there.";
    MISSING_CONTEXT = "file/missing-context", Error, "The build contexts of an image that is built are there.";
    // templates
    TEMPLATE_SYNTAX = "template/syntax", Error, "Templates can be read.";
    TEMPLATE_UNDEFINED = "template/undefined", Error, "Templates use variables, keys and functions that are there.";
    TEMPLATE_FAILED = "template/failed", Error, "Templates render.";
    TEMPLATE_MISSING_KEY = "template/missing-key", Warning, "Keys that a template looks up in `Versions` are there.";
    TEMPLATE_COMMENT = "template/comment", Warning, "No text is dropped as a comment that was meant for a shell: `${#VAR}`.";
    TEMPLATE_NO_VALUE = "template/no-value", Warning, "No expression renders as `<no value>`.";
    // YAML
    YAML_SYNTAX = "yaml/syntax", Error, "What a template renders is YAML.";
    YAML_DUPLICATE_KEY = "yaml/duplicate-key", Error, "A mapping has each key once.";
    // resources
    NOT_AN_OBJECT = "resource/not-an-object", Error, "A document is a mapping.";
    MISSING_FIELD = "resource/missing-field", Error, "An object has `apiVersion`, `kind` and `metadata.name`.";
    NAME = "resource/name", Error, "Names follow the rules of their kind.";
    RESOURCE_NAMESPACE = "resource/namespace", Error, "A namespace is a DNS-1123 label.";
    NO_NAMESPACE = "resource/no-namespace", Note, "Objects of infrastructure name their namespace.";
    DUPLICATE = "resource/duplicate", Error, "An object is declared once.";
    DEPRECATED_API = "resource/deprecated-api", Warning, "apiVersions are ones that Kubernetes still serves.";
    QUANTITY = "resource/quantity", Error, "Amounts of CPU, memory and storage are Kubernetes quantities.";
    CONFIG_DATA = "resource/data", Error, "Values of a ConfigMap's or Secret's data are strings, and Base64 where they hold bytes.";
    LABEL_KEY = "metadata/label-key", Error, "Label keys are qualified names.";
    LABEL_VALUE = "metadata/label-value", Error, "Label values are strings of at most 63 letters, digits, `-`, `_` and `.`.";
    ANNOTATION = "metadata/annotation", Error, "Annotation keys are qualified names, their values strings.";
    SELECTOR = "workload/selector", Error, "The selector of a workload matches the labels of its template.";
    CONTAINERS = "workload/containers", Error, "A workload has containers.";
    SCHEDULE = "workload/schedule", Error, "The schedule of a CronJob is a cron expression.";
    CONTAINER_NAME = "container/name", Error, "Container names are DNS-1123 labels and unique in their pod.";
    CONTAINER_IMAGE = "container/image", Error, "A container has an image.";
    DUPLICATE_ENV = "container/duplicate-env", Warning, "A container sets each variable once.";
    ENV_VALUE = "container/env-value", Error, "Values of variables are strings.";
    VOLUME_NAME = "container/volume-name", Error, "Volume names are DNS-1123 labels and unique in their pod.";
    UNKNOWN_VOLUME = "container/unknown-volume", Error, "Volume mounts name a volume of their pod.";
    PORT_NUMBER = "port/number", Error, "Port numbers are from 1 to 65535.";
    PORT_NAME = "port/name", Error, "Port names follow their rules and are unique.";
    INGRESS_HOST = "ingress/host", Error, "Hosts of an Ingress are DNS names.";
    // images and services
    IMAGE_REFERENCE = "image/reference", Error, "Image references can be read.";
    IMAGE_INCOMPLETE = "image/incomplete", Error, "An image says where it comes from and where it goes.";
    IMAGE_DUPLICATE = "image/duplicate", Error, "Images have targets of their own.";
    IMAGE_UNUSED = "image/unused", Note, "Images are used by a service, a manifest or another image.";
    IMAGE_UNMATCHED = "image/unmatched-repository", Note, "A service's image is one of `images`, where others of its registry are.";
    NO_WORKLOAD = "service/no-workload", Warning, "A service with an image or mounts has a workload of its own name.";
    DROP_KINDS = "overlay/drop-kinds", Note, "dropKinds names kinds that the service has.";
    // hooks
    HOOK = "hook/invalid", Error, "Hook steps name a builtin and its arguments, or a script.";
    HOOK_WAIT = "hook/wait-target", Warning, "kubectl.wait waits for something that the stack declares.";
    // the agent
    MCP_SERVER = "codex/mcp-server", Error, "MCP servers are described fully.";
    AGENT_CONFIG = "codex/config", Error, "The agent's config.toml renders and is TOML.";
    PROMPT_LANGUAGE = "codex/prompt-language", Warning, "There are builtin prompts in the language.";
}
