import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrateDatabase } from '../activities/adapters/audit-log/setup';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { startAzurite } from './azurite';
import { startPglite } from './database';
import { startEntra, type Entra } from './entra/entra';
import { startGuarded, type GuardedProcess } from './guarded-process';
import { packageRoot } from './machine';
import { freePort, isListening } from './ports';
import { withProgress, type OnProgress } from './progress';
import { startTemporal, type TemporalServer } from './temporal/dev-server';

/** How the stack is to behave. */
export interface StackOptions {
  readonly onProgress: OnProgress;
  /** What the caller was started with: `DATABASE_URL` and `CLOSURE_*` are taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Used where the environment does not say otherwise. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Whether Temporal is wanted on its usual ports, if they are free. */
  readonly usualPorts: boolean;
}

/** Everything that a closure needs, running on this machine. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly entra: Entra;
  readonly worker: GuardedProcess;
  /** What the worker runs with, and what the command line needs to reach the same parts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends all parts, the last started first. */
  readonly close: () => Promise<void>;
}

const TOKEN = 'sandbox-token';
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;
const WORKER_READY_WITHIN_MS = 60_000;

/**
 * Starts the embedded stack: the far ends are replaced by ones that speak the same protocols, the worker is the real one in
 * a process of its own.
 * @throws Error when a part does not come up; what was started before is ended
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: { close: () => Promise<void> }[] = [];
  const keep = <T extends { close: () => Promise<void> }>(part: T): T => {
    started.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.close();
  };
  try {
    const parts = await startFarEnds(options, keep);
    const environment = await environmentOf(options, parts);
    const worker = await startWorker(environment, options.onProgress);
    keep({ close: worker.stop });
    return { temporal: parts.temporal, entra: parts.entra, worker, environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface FarEnds {
  readonly temporal: TemporalServer;
  readonly entra: Entra;
  readonly storageConnectionString: string;
  readonly databaseUrl: string;
}

type Keep = <T extends { close: () => Promise<void> }>(part: T) => T;

async function startFarEnds({ onProgress, environment, usualPorts }: StackOptions, keep: Keep): Promise<FarEnds> {
  const entra = keep(await startEntra({ token: TOKEN }));
  const storage = keep(await startAzurite());
  const databaseUrl =
    environment['DATABASE_URL'] ??
    (await withProgress('Starting the database', onProgress, async () => keep(await startPglite()).url));
  await migrateDatabase(databaseUrl);
  const temporal = keep(
    await startTemporal({
      searchAttributes: Object.values(SEARCH_ATTRIBUTES),
      onProgress,
      ...(usualPorts ? await usualPortsIfFree() : {}),
    }),
  );
  return { temporal, entra, storageConnectionString: storage.connectionString, databaseUrl };
}

async function usualPortsIfFree(): Promise<{ port: number; uiPort: number } | Record<string, never>> {
  const isTaken = (await isListening(USUAL_PORT)) || (await isListening(USUAL_UI_PORT));
  return isTaken ? {} : { port: USUAL_PORT, uiPort: USUAL_UI_PORT };
}

async function environmentOf(options: StackOptions, parts: FarEnds): Promise<Record<string, string>> {
  const policy = Object.entries(options.environment).filter(
    ([name]) => name.startsWith('CLOSURE_') || name === 'LOG_LEVEL',
  );
  return {
    ...options.defaults,
    ...Object.fromEntries(policy.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    TEMPORAL_ADDRESS: parts.temporal.address,
    TEMPORAL_NAMESPACE: parts.temporal.namespace,
    TEMPORAL_UI_URL: parts.temporal.uiUrl,
    TEMPORAL_CONFIG_FILE: path.join(packageRoot(), 'sandbox', 'temporal', 'profile.toml'),
    GRAPH_URL: parts.entra.graphUrl,
    LOGIN_URL: parts.entra.loginUrl,
    GRAPH_TOKEN: TOKEN,
    AZURE_STORAGE_CONNECTION_STRING: parts.storageConnectionString,
    DATABASE_URL: parts.databaseUrl,
    HEALTH_PORT: String(await freePort()),
  };
}

/** Starts a worker process with that environment, and returns when it is ready. */
export async function startWorker(
  environment: Readonly<Record<string, string>>,
  onProgress: OnProgress,
): Promise<GuardedProcess> {
  const main = path.join(packageRoot(), 'dist', 'worker', 'main.js');
  const worker = startGuarded([process.execPath, main], { environment });
  await withProgress('Starting the worker', onProgress, () => untilReady(worker, environment['HEALTH_PORT'] ?? ''));
  return worker;
}

async function untilReady(worker: GuardedProcess, healthPort: string): Promise<void> {
  const deadline = Date.now() + WORKER_READY_WITHIN_MS;
  while (!(await isReady(healthPort))) {
    if (worker.hasExited()) throw new Error(`The worker ended while it was starting:\n${worker.lastOutput()}`);
    if (Date.now() > deadline) throw new Error(`The worker did not become ready:\n${worker.lastOutput()}`);
    await pause(100);
  }
}

async function isReady(healthPort: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${healthPort}/ready`)).ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

/** Writes the environment where a shell can read it (`set -a; . FILE`), for the command line. Returns the file. */
export async function writeEnvironmentFile(environment: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(packageRoot(), '.closure');
  const file = path.join(folder, 'env');
  await mkdir(folder, { recursive: true });
  const lines = Object.entries(environment).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** Resolves when somebody asks this process to end. */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
