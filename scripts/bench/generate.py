#!/usr/bin/env python3
"""Writes a stack of N services for the benchmark, in Go or in Jinja syntax.

Each service is one templated manifest file with a ConfigMap, a Deployment with an init container, a Service and an
Ingress, and has one overlay. Both dialects render the same documents.
"""

import argparse
from pathlib import Path

# Words that stand for expressions, per dialect: {{KEY}} in the texts below.
DIALECTS = {
    "go": {
        "head": '{{- $name := "@NAME@" -}}\n'
        '{{- $registry := envOr "REGISTRY_HOST" "localhost:32000" -}}\n'
        '{{- $tag := printf "%s-%s" .Env (index .Versions "app") -}}\n',
        "name": "{{ $name }}",
        "registry": "{{ $registry }}",
        "tag": "{{ $tag }}",
        "env": "{{ .Env }}",
        "project": "{{ .Project }}",
        "namespace": "{{ .Namespace }}",
        "domain": "{{ index .BaseDomain .Env }}",
        "root": "{{ .ProjectRoot }}",
        "debug": '{{ ternary (eq .Env "dev") "on" "off" | printf "%q" }}',
        "each_link": "{{- range $i, $link := .Codex.Links }}",
        "link": "LINK_{{ $i }}: https://{{ $link.Title | toLower }}.{{ index $.BaseDomain $.Env }}{{ $link.Path }}",
        "if_dev": '{{- if eq .Env "dev" }}',
        "else": "{{- else }}",
        "end": "{{- end }}",
        "end_each": "{{- end }}",
        "image": '{{ envOr "REGISTRY_HOST" "localhost:32000" }}/bench/@NAME@',
        "image_tag": '{{ printf "%s-%s" .Env (index .Versions "app") }}',
    },
    "jinja": {
        "head": '{%- set name = "@NAME@" -%}\n'
        '{%- set registry = envOr("REGISTRY_HOST", "localhost:32000") -%}\n'
        '{%- set tag = Env ~ "-" ~ Versions["app"] -%}\n',
        "name": "{{ name }}",
        "registry": "{{ registry }}",
        "tag": "{{ tag }}",
        "env": "{{ Env }}",
        "project": "{{ Project }}",
        "namespace": "{{ Namespace }}",
        "domain": "{{ BaseDomain[Env] }}",
        "root": "{{ ProjectRoot }}",
        "debug": '"{{ "on" if Env == "dev" else "off" }}"',
        "each_link": "{%- for link in Codex.Links %}",
        "link": "LINK_{{ loop.index0 }}: https://{{ link.Title | lower }}.{{ BaseDomain[Env] }}{{ link.Path }}",
        "if_dev": '{%- if Env == "dev" %}',
        "else": "{%- else %}",
        "end": "{%- endif %}",
        "end_each": "{%- endfor %}",
        "image": '{{ envOr("REGISTRY_HOST", "localhost:32000") }}/bench/@NAME@',
        "image_tag": '{{ Env ~ "-" ~ Versions["app"] }}',
    },
}

MANIFEST = """\
<head>apiVersion: v1
kind: ConfigMap
metadata:
  name: <name>
  labels:
    app: <name>
    project: <project>
data:
  ENVIRONMENT: <env>
  DEBUG: <debug>
  PUBLIC_HOST: <name>.<domain>
<each_link>
  <link>
<end_each>
  settings.ini: |
    [server]
    name = <name>
    workers = 4
    [cache]
    url = redis://cache.<namespace>.svc:6379/0
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: <name>
  labels:
    app: <name>
spec:
  replicas: <if_dev>1<else>3<end>
  selector:
    matchLabels:
      app: <name>
  template:
    metadata:
      labels:
        app: <name>
        version: <tag>
    spec:
      initContainers:
        - name: migrate
          image: <registry>/bench/<name>
          command: ["/bin/migrate", "--wait"]
          envFrom:
            - configMapRef:
                name: <name>
      containers:
        - name: app
          image: <registry>/bench/<name>
          args: ["--listen=:8080", "--environment=<env>"]
          envFrom:
            - configMapRef:
                name: <name>
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: GOMAXPROCS
              value: "2"
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 5
<if_dev>
          resources:
            requests: {cpu: 50m, memory: 64Mi}
<else>
          resources:
            requests: {cpu: 250m, memory: 256Mi}
            limits: {memory: 512Mi}
<end>
---
apiVersion: v1
kind: Service
metadata:
  name: <name>
spec:
  selector:
    app: <name>
  ports:
    - name: http
      port: 80
      targetPort: http
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: <name>
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: "0"
spec:
  ingressClassName: nginx
  rules:
    - host: <name>.<domain>
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: <name>
                port:
                  name: http
"""

HEAD = """\
project: bench
versions:
  app: "1.2.3"
baseDomain:
  dev: dev.bench.test
environments:
  dev:
    kubeconfig: kubeconfig
    imagePullPolicy: IfNotPresent
codex:
  links:
    - {title: Admin, path: /admin}
    - {title: Docs, path: /docs}
services:
"""

SERVICE = """\
  - name: @NAME@
    manifests:
      - path: services/@NAME@.yaml
    image:
      repository: '<image>'
      tagTemplate: '<image_tag>'
    overlays:
      dev:
        hostMounts:
          - name: src
            hostPath: "/src/@NAME@"
            mountPath: /app/src
"""


def fill(text: str, words: dict[str, str], name: str) -> str:
    # `head` ends with a newline of its own; block tags on a line of theirs swallow the one before them.
    for key, value in words.items():
        text = text.replace(f"<{key}>", value)
    return text.replace("@NAME@", name)


def inline(text: str) -> str:
    """`replicas:` chooses within one line: no trimming of white space there."""
    return (
        text.replace('replicas: {{- if eq .Env "dev" }}1{{- else }}3{{- end }}',
                     'replicas: {{ if eq .Env "dev" }}1{{ else }}3{{ end }}')
        .replace('replicas: {%- if Env == "dev" %}1{%- else %}3{%- endif %}',
                 'replicas: {% if Env == "dev" %}1{% else %}3{% endif %}')
    )


def generate(out: Path, count: int, dialect: str) -> None:
    words = DIALECTS[dialect]
    (out / "services").mkdir(parents=True, exist_ok=True)
    manifest = inline(fill(MANIFEST, words, "@NAME@"))
    service = fill(SERVICE, words, "@NAME@")
    names = [f"service-{number:05}" for number in range(count)]
    for name in names:
        (out / "services" / f"{name}.yaml").write_text(manifest.replace("@NAME@", name))
    (out / "services.yaml").write_text(HEAD + "".join(service.replace("@NAME@", name) for name in names))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="go")
    arguments = parser.parse_args()
    generate(arguments.out, arguments.services, arguments.dialect)
