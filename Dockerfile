# The worker (target `worker`, the default), with the `closure` command in it, and what a trial needs besides: the stand-ins for
# the directory (`entra`) and the blob storage (`azurite`), and a service that erases (`erasure-service`). See docs/docker.md.

# Temporal's native library wants glibc: no Alpine.
FROM node:24.19.0-bookworm-slim AS base
# Its TLS takes the system's certificates, and the slim image has none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
# Without scripts: ours would build, and the sources are not there yet.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# What only building and testing need goes, and the native library for other kinds of machine.
RUN npm prune --omit=dev --ignore-scripts \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM base AS entra
COPY --from=build /app/dist/sandbox/entra dist/sandbox/entra
USER node
# Every address of its container: it is reached over a network of containers only.
ENV NODE_ENV=production ENTRA_HOST=0.0.0.0 ENTRA_PORT=4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ENTRA_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/sandbox/entra/main.js"]

FROM base AS erasure-service
COPY --from=build /app/dist/sandbox/erasure-service dist/sandbox/erasure-service
USER node
ENV NODE_ENV=production ERASURE_SERVICE_HOST=127.0.0.1 ERASURE_SERVICE_PORT=8090
# Any answer will do: without a signature it is a refusal.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ERASURE_SERVICE_PORT}/`).then(() => process.exit(0), () => process.exit(1))"]
CMD ["node", "dist/sandbox/erasure-service/main.js"]

FROM base AS azurite
COPY package.json ./
RUN npm install --global --ignore-scripts "azurite@$(node -p 'require("./package.json").devDependencies.azurite')" \
  && install --directory --owner=node /data
USER node
VOLUME /data
CMD ["azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--loose", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]

FROM base AS worker
COPY --from=build /app/package.json ./
COPY --from=build /app/migrations migrations
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
# Memory: set NODE_OPTIONS=--max-old-space-size=<MiB> to about three quarters of what the container may use.
ENV NODE_ENV=production HEALTH_PORT=8080
# /ready: polls for work, and every far end is there. Docker only shows it; where an orchestrator restarts what is unhealthy,
# give it /health for that, or an outage of the database restarts every worker.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# It takes SIGTERM itself and then has 30 s to finish what runs: allow it 45.
CMD ["node", "dist/worker/main.js"]
