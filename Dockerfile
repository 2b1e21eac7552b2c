# codexctl alone: the static binary in an empty image. That is enough for what asks nothing of other programs (`render`).
# `apply` and its neighbours start kubectl, docker, gh and bash: examples/container/Dockerfile adds those.
#
# The binaries are built before, for the processors the image is for:
#   scripts/release.sh build x86_64-unknown-linux-musl dist
#   mkdir -p dist/amd64 && cp dist/x86_64-unknown-linux-musl/codexctl dist/amd64/
#   docker build --build-arg TARGETARCH=amd64 -t codexctl .
#   docker run --rm -v "$PWD/examples/shop:/work" codexctl render --env dev
FROM scratch
# Set by buildx; given by hand elsewhere.
ARG TARGETARCH
COPY dist/${TARGETARCH}/codexctl /codexctl
# Nobody in particular: codexctl needs no rights of root, and no user has to be known by name.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/codexctl"]
