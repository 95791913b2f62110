import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrateDatabase } from '../activities/adapters/database/setup';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { startAzurite } from './azurite';
import { startPglites, type DatabaseOptions } from './database';
import { startEntra, type Entra, type EntraOptions } from './entra/entra';
import { startGuarded, type GuardedOptions, type GuardedProcess } from './guarded-process';
import { packageRoot } from './machine';
import { claimPort, freePort, isListening } from './ports';
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
  /** How the directory's stand-in behaves, where it is to differ. */
  readonly entra?: Omit<EntraOptions, 'token'>;
  /** Other systems' databases, started beside our own. */
  readonly databases?: readonly DatabaseOptions[];
}

/** Everything that a worker needs, running on this machine. */
export interface FarEnds {
  readonly temporal: TemporalServer;
  readonly entra: Entra;
  /** Where the other systems' databases are, in the order that they were asked for. */
  readonly databaseUrls: readonly string[];
  /** What a worker runs with, and what the command line needs to reach the same parts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends all parts, the last started first. */
  readonly close: () => Promise<void>;
}

const TOKEN = 'sandbox-token';
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;
/** Whoever holds this one may have the two above. */
const CLAIM_PORT = 17_233;
const WORKER_READY_WITHIN_MS = 60_000;

/**
 * Starts the embedded stack without a worker: the far ends are replaced by ones that speak the same protocols.
 * @throws Error when a part does not come up; what was started before is ended
 */
export async function startFarEnds(options: StackOptions): Promise<FarEnds> {
  const started: { close: () => Promise<void> }[] = [];
  const keep = <T extends { close: () => Promise<void> }>(part: T): T => {
    started.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.close();
  };
  try {
    const parts = await startParts(options, keep);
    const { temporal, entra, databaseUrls } = parts;
    return { temporal, entra, databaseUrls, environment: await environmentOf(options, parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts extends Pick<FarEnds, 'temporal' | 'entra' | 'databaseUrls'> {
  readonly storageConnectionString: string;
  readonly databaseUrl: string;
}

type Keep = <T extends { close: () => Promise<void> }>(part: T) => T;

async function startParts(options: StackOptions, keep: Keep): Promise<Parts> {
  const { onProgress, usualPorts } = options;
  const entra = keep(await startEntra({ ...options.entra, token: TOKEN }));
  const storage = keep(await startAzurite());
  const { databaseUrl, databaseUrls } = await startDatabases(options, keep);
  await migrateDatabase(databaseUrl);
  const temporal = keep(
    await startTemporal({
      searchAttributes: Object.values(SEARCH_ATTRIBUTES),
      onProgress,
      ...(usualPorts ? await usualPortsIfFree(keep) : {}),
    }),
  );
  return { temporal, entra, storageConnectionString: storage.connectionString, databaseUrl, databaseUrls };
}

/** Our own, unless the environment names one, and the others. */
async function startDatabases(
  { onProgress, environment, databases = [] }: StackOptions,
  keep: Keep,
): Promise<Pick<Parts, 'databaseUrl' | 'databaseUrls'>> {
  const given = environment['DATABASE_URL'];
  const wanted = given === undefined ? [{}, ...databases] : databases;
  if (wanted.length === 0) return { databaseUrl: given ?? '', databaseUrls: [] };
  const label = wanted.length === 1 ? 'Starting the database' : 'Starting the databases';
  const { urls } = await withProgress(label, onProgress, async () => keep(await startPglites(wanted)));
  const [own = '', ...others] = given === undefined ? urls : [given, ...urls];
  return { databaseUrl: own, databaseUrls: others };
}

/** Of several stacks that start at once only one may have them: the others would take its server for their own. */
async function usualPortsIfFree(keep: Keep): Promise<{ port: number; uiPort: number } | Record<string, never>> {
  const claim = await claimPort(CLAIM_PORT);
  if (claim === undefined) return {};
  keep(claim);
  const isTaken = (await isListening(USUAL_PORT)) || (await isListening(USUAL_UI_PORT));
  return isTaken ? {} : { port: USUAL_PORT, uiPort: USUAL_UI_PORT };
}

async function environmentOf(options: StackOptions, parts: Parts): Promise<Record<string, string>> {
  const policy = Object.entries(options.environment).filter(
    ([name]) => (name.startsWith('CLOSURE_') && name !== 'CLOSURE_TOKEN') || name === 'LOG_LEVEL',
  );
  return {
    // The stand-in answers at once what was written: nobody waits for what Microsoft needs ten minutes for.
    CLOSURE_READS_LAG: '2s',
    ...options.defaults,
    ...Object.fromEntries(policy.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    TEMPORAL_ADDRESS: parts.temporal.address,
    TEMPORAL_NAMESPACE: parts.temporal.namespace,
    TEMPORAL_UI_URL: parts.temporal.uiUrl,
    TEMPORAL_CONFIG_FILE: path.join(packageRoot(), 'sandbox', 'temporal', 'profile.toml'),
    GRAPH_URL: parts.entra.graphUrl,
    LOGIN_URL: parts.entra.loginUrl,
    // One tenant each, as the real service gives them: what is absent is then proven to be absent from the tenant.
    GRAPH_TOKEN: `${TOKEN}.{tenantId}`,
    AZURE_STORAGE_CONNECTION_STRING: parts.storageConnectionString,
    DATABASE_URL: parts.databaseUrl,
    HEALTH_PORT: String(await freePort()),
  };
}

/**
 * Starts a worker process with that environment, and returns when it is ready.
 * @throws Error when it ends or is not ready in a minute
 */
export async function startWorker(
  environment: Readonly<Record<string, string>>,
  { onProgress, ...options }: Pick<StackOptions, 'onProgress'> & Pick<GuardedOptions, 'onOutput'>,
): Promise<GuardedProcess> {
  const worker = spawnWorker(environment, options);
  await withProgress('Starting the worker', onProgress, () => untilReady(worker, environment));
  return worker;
}

/** Starts a worker process with that environment. */
export function spawnWorker(
  environment: Readonly<Record<string, string>>,
  options: Pick<GuardedOptions, 'onOutput'>,
): GuardedProcess {
  const main = path.join(packageRoot(), 'dist', 'worker', 'main.js');
  return startGuarded([process.execPath, main], { ...options, environment });
}

/**
 * Returns when the worker that was started with that environment is ready.
 * @throws Error when it ends or is not ready in a minute
 */
export async function untilReady(worker: GuardedProcess, environment: Readonly<Record<string, string>>): Promise<void> {
  const deadline = Date.now() + WORKER_READY_WITHIN_MS;
  while (!(await isReady(environment['HEALTH_PORT'] ?? ''))) {
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

/**
 * Takes out of the environment what is meant for other far ends than the stack's own: an operator's shell has credentials
 * for real ones.
 */
export function leaveOutside(environment: Record<string, string | undefined>): void {
  for (const name of Object.keys(environment)) {
    const isMeantForOthers = /^(TEMPORAL|GRAPH|AZURE|LOGIN|METRICS|HEALTH)_/.test(name) && !name.endsWith('_PATH');
    if (isMeantForOthers) Reflect.deleteProperty(environment, name);
  }
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
