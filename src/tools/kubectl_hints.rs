//! The way out of kubectl's failures. It has one exit code for everything, so its words decide; all of them are here.

/// (parts that must all be in the message, what to do), the first that fits counts.
const HINTS: [(&[&str], &str); 16] = [
    (&["failed calling webhook"], WEBHOOK),
    (&["failed to call webhook"], WEBHOOK),
    (&["context", "does not exist"], CONTEXTS),
    (&["context was not found"], CONTEXTS),
    (&["was refused"], UNREACHABLE),
    (&["connection refused"], UNREACHABLE),
    (
        &["no such host"],
        "the API server's name is unknown here: check the kubeconfig's server address and VPN",
    ),
    (
        &["i/o timeout"],
        "the API server does not answer: check the kubeconfig's server address, VPN and firewalls",
    ),
    (
        &["(AlreadyExists)", "object is being deleted"],
        "the namespace is being deleted; wait until it is gone and run again",
    ),
    (
        &["(Forbidden)", "being terminated"],
        "the namespace is being deleted; wait until it is gone and run again",
    ),
    (&["(Forbidden)"], "the account of this kubeconfig lacks that right; see `kubectl auth can-i --list`"),
    (&["(Unauthorized)"], LOGIN),
    (&["must be logged in"], LOGIN),
    (
        &["namespaces \"", "not found"],
        "the namespace is not there yet, and neither diff nor a dry run makes it: apply once, or make it by hand",
    ),
    (&["x509:"], "the kubeconfig's certificate authority does not fit the server"),
    (
        &["no matches for kind"],
        "the cluster does not know that kind: is its CustomResourceDefinition part of the stack, or installed?",
    ),
];

const CONTEXTS: &str =
    "list the contexts with `kubectl config get-contexts`; services.yaml names one per environment";
const UNREACHABLE: &str =
    "the API server is not there: check the kubeconfig's server address, VPN, and that the cluster runs";
const WEBHOOK: &str = "an admission webhook does not answer: look at the pods of its service; `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations` lists them";
const LOGIN: &str = "log in again: the kubeconfig's credentials are not accepted";

/// What to do about a message of kubectl's, where that is known.
pub(super) fn hint(message: &str) -> Option<&'static str> {
    HINTS.iter().find(|(parts, _)| parts.iter().all(|part| message.contains(part))).map(|(_, hint)| *hint)
}
