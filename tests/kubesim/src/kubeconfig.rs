//! Kubeconfigs that lead kubectl here.

/// A kubeconfig with one context, named like its cluster and user. JSON strings are YAML strings too.
pub fn kubeconfig(context: &str, url: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (context, url) = (quoted(context), quoted(url));
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: {context}\n\
         clusters:\n- name: {context}\n  cluster:\n    server: {url}\n\
         users:\n- name: {context}\n  user: {{}}\n\
         contexts:\n- name: {context}\n  context:\n    cluster: {context}\n    user: {context}\n"
    )
}
