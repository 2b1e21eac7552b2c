# The agent's pod: a shell and a folder to work in.
FROM busybox:1.37.0
ARG VERSION=0
ENV CODEX_VERSION=${VERSION}
WORKDIR /workspace
CMD ["sleep", "infinity"]
