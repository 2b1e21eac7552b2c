#!/usr/bin/env python3
"""What a team writes before it has a tool: Jinja2 and PyYAML (C loader and dumper), one process, no checks.

Reads a stack of generate.py in Jinja syntax, does the transforms that this stack needs (namespace, image, overlay)
and writes the documents to stdout.
"""

import os
import sys
from pathlib import Path

import jinja2
import yaml

LOADER = yaml.CSafeLoader
DUMPER = yaml.CSafeDumper
CLUSTER_SCOPED = {"Namespace", "ClusterRole", "ClusterRoleBinding", "IngressClass", "CustomResourceDefinition"}


def main(root: Path, env: str) -> None:
    engine = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    engine.globals["envOr"] = lambda key, fallback: os.environ.get(key) or fallback
    text = (root / "services.yaml").read_text()
    header = yaml.load(text.split("services:\n", 1)[0], LOADER)
    links = [{"Title": link["title"], "Path": link["path"]} for link in header["codex"]["links"]]
    context = {
        "Env": env,
        "Project": header["project"],
        "Namespace": f"{header['project']}-{env}",
        "ProjectRoot": str(root.resolve()),
        "Slot": 0,
        "Versions": header["versions"],
        "BaseDomain": header["baseDomain"],
        "Codex": {"Links": links},
    }
    stack = yaml.load(engine.from_string(text).render(context), LOADER)
    pull_policy = stack["environments"][env]["imagePullPolicy"]
    documents = []
    for service in stack["services"]:
        for manifest in service["manifests"]:
            rendered = engine.from_string((root / manifest["path"]).read_text()).render(context)
            for document in yaml.load_all(rendered, LOADER):
                transform(document, service, env, context["Namespace"], pull_policy)
                documents.append(document)
    yaml.dump_all(documents, sys.stdout, DUMPER, sort_keys=False)


def transform(document: dict, service: dict, env: str, namespace: str, pull_policy: str) -> None:
    if document["kind"] not in CLUSTER_SCOPED:
        document["metadata"].setdefault("namespace", namespace)
    if document["kind"] != "Deployment" or document["metadata"]["name"] != service["name"]:
        return
    pod = document["spec"]["template"]["spec"]
    image = f"{service['image']['repository']}:{service['image']['tagTemplate']}"
    old = pod["containers"][0]["image"]
    containers = [pod["containers"][0], *pod.get("initContainers", [])]
    for container in containers:
        if container.get("image", old) == old:
            container["image"] = image
            container.setdefault("imagePullPolicy", pull_policy)
    for mount in service["overlays"][env]["hostMounts"]:
        pod.setdefault("volumes", []).append(
            {"name": mount["name"], "hostPath": {"path": mount["hostPath"], "type": "Directory"}}
        )
        for container in containers:
            container.setdefault("volumeMounts", []).append(
                {"name": mount["name"], "mountPath": mount["mountPath"]}
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
