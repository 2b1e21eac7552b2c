//! Puts a service's image into its workload.

use super::workload;
use crate::config::schema::{PullPolicy, ServiceImage};
use crate::yaml::Node;

/// Sets the image of the first container, and of init containers that have none or had the first one's; containers
/// given this image take the pull policy if they have none (spec section 3).
pub(super) fn set(node: &mut Node, image: &ServiceImage, policy: Option<PullPolicy>) {
    let reference = reference(image);
    let kind = workload::kind_of(node);
    let Some(pod) = workload::pod_spec_mut(node, &kind) else { return };
    let image_of = |container: &Node| container.get("image").and_then(Node::as_str).map(String::from);
    let first = pod.get("containers").and_then(Node::as_list).and_then(|list| list.first());
    let Some(old) = first.map(image_of) else { return };
    let set = |container: &mut Node| {
        let Some(map) = container.as_map_mut() else { return };
        map.insert("image", Node::string(reference.as_str()));
        if let Some(policy) = policy
            && map.get("imagePullPolicy").is_none_or(|own| own.is_null() || own.as_str() == Some(""))
        {
            map.insert("imagePullPolicy", Node::string(policy.as_str()));
        }
    };
    if let Some(containers) = pod.get_mut("containers").and_then(Node::as_list_mut) {
        containers.iter_mut().take(1).for_each(set);
    }
    if let Some(containers) = pod.get_mut("initContainers").and_then(Node::as_list_mut) {
        for container in containers {
            let own = image_of(container);
            if own.is_none() || own.as_deref() == Some("") || own == old {
                set(container);
            }
        }
    }
}

/// `repository:tag`, or the repository alone where there is no tag.
pub(crate) fn reference(image: &ServiceImage) -> String {
    let repository = image.repository.value.trim();
    match image.tag_template.trim() {
        "" => repository.to_string(),
        tag => format!("{repository}:{tag}"),
    }
}
