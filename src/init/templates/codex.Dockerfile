# The agent's tools. Add what your project needs to build and test itself.
FROM node:22-bookworm-slim
ARG CODEX_VERSION
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl gh git ripgrep \
    && rm -rf /var/lib/apt/lists/* \
    && npm install --global "@openai/codex@${CODEX_VERSION}"
WORKDIR /workspace
CMD ["sleep", "infinity"]
