import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  type NativeConnectionOptions,
  type Worker,
} from '@temporalio/worker';
import { lookAtClosure } from '../activities/closure-runs';
import { forgetAbandoned } from '../activities/forget-abandoned';
import { temporalCheck } from './checks';
import { ConfigError, type WorkerConfig } from './config';
import { createDependencies, type Dependencies } from './dependencies';
import { watchFarEnds } from './far-ends';
import { serveHealth } from './health';
import { createEventLog, createPino, createTemporalLogger, type EventLog } from './logger';
import { temporalProxy } from './proxy';
import { sweepDaily, type SweepOnce } from './sweep';
import { createTargetWorker, createWorker } from './worker';
import { WORKFLOW_BUNDLE } from './workflow-bundle';

/** The settings of ours, and the environment in which the proxy variables are looked up. */
export interface WorkerSettings {
  readonly config: WorkerConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the worker until the signal. A far end that is away at the start is named and waited for; the readiness probe is red
 * until then.
 * @throws ConfigError when Temporal's own settings cannot be read, or a port is taken
 */
export async function runWorkerProcess({ config, environment }: WorkerSettings, stop: AbortSignal): Promise<void> {
  const log = createPino(config.logLevel);
  const say = createEventLog(log);
  installRuntime(config, createTemporalLogger(log));
  const { connectionOptions, namespace = 'default' } = connectionSettings();

  const dependencies = await createDependencies(config, environment);
  const options = throughProxy(connectionOptions, dependencies);
  const connection = lazily(() => NativeConnection.connect(options));
  const checks = [temporalCheck(connection, namespace, say), ...dependencies.checks];
  const farEnds = watchFarEnds(checks, say);
  const state = { isWorking: false };
  let health: { close: () => void } | undefined;
  try {
    health = await startHealth(config, { isWorking: () => state.isWorking, farEnds: farEnds.present });
    await farEnds.untilPresent('temporal', stop);
    if (stop.aborted) return;
    const { readsLagMs } = config.policy;
    const parts = { ...dependencies, ...config, readsLagMs, connection: await connection(), namespace, say };
    const workers = await Promise.all([
      createWorker({ ...parts, workflowBundle: WORKFLOW_BUNDLE }),
      ...dependencies.ratedTargets.map((target) => createTargetWorker(parts, target)),
    ]);
    say({ event: 'worker-started', taskQueue: config.taskQueue, namespace });
    state.isWorking = true;
    const sweeps = sweepDaily(sweepOf(dependencies, await connection(), namespace), say);
    try {
      await runUntil(workers, stop, say);
    } finally {
      sweeps.close();
    }
  } finally {
    // Also when the worker broke: a process that does not poll must not look alive.
    state.isWorking = false;
    farEnds.close();
    health?.close();
    await close(dependencies, connection);
    say({ event: 'worker-stopped' });
  }
}

function sweepOf({ vault }: Dependencies, connection: NativeConnection, namespace: string): SweepOnce {
  const runs = { service: connection.workflowService, namespace };
  return (signal) => forgetAbandoned({ vault, look: (closureId) => lookAtClosure(runs, closureId) }, signal);
}

/** When one of them breaks the others end, too: a worker that does half of its work must not look alive. */
async function runUntil(workers: readonly Worker[], stop: AbortSignal, say: EventLog): Promise<void> {
  const onStop = (): void => {
    say({ event: 'worker-stopping', signal: String(stop.reason) });
    shutDown(workers);
  };
  const running = workers.map((worker) =>
    worker.run().finally(() => {
      shutDown(workers);
    }),
  );
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  const ended = await Promise.allSettled(running);
  const broken = ended.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

function installRuntime({ metricsPort }: WorkerConfig, logger: ReturnType<typeof createTemporalLogger>): void {
  const metrics =
    metricsPort === undefined ? {} : { metrics: { prometheus: { bindAddress: `0.0.0.0:${String(metricsPort)}` } } };
  // What the native part has to say goes through our log, too: by itself it writes coloured text, with whatever is in it.
  const logging = { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} };
  // Signals are handled by the process itself, also while it still waits for a far end.
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging, ...metrics } });
}

function connectionSettings(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new ConfigError([`TEMPORAL_* cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

async function startHealth(
  { healthPort }: WorkerConfig,
  health: Parameters<typeof serveHealth>[1],
): Promise<{ close: () => void } | undefined> {
  if (healthPort === undefined) return undefined;
  try {
    return await serveHealth(healthPort, health);
  } catch {
    throw new ConfigError([`HEALTH_PORT ${String(healthPort)} cannot be listened on: is it taken?`]);
  }
}

function throughProxy(options: NativeConnectionOptions, { proxyFor }: Dependencies): NativeConnectionOptions {
  try {
    const proxy = temporalProxy(options, proxyFor);
    return proxy === undefined ? options : { ...options, proxy };
  } catch (error) {
    throw new ConfigError([`HTTPS_PROXY cannot be used: ${error instanceof Error ? error.message : 'wrong setting'}`]);
  }
}

async function close(dependencies: Dependencies, connection: Lazy<NativeConnection>): Promise<void> {
  await dependencies.close();
  if (connection.isMade()) await (await connection()).close();
}

type Lazy<T> = (() => Promise<T>) & { readonly isMade: () => boolean };

/** Makes it when it is first asked for, and again when that failed. */
function lazily<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  const get = async (): Promise<T> => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
  return Object.assign(get, { isMade: () => made !== undefined });
}
