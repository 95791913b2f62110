import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { storageAndDatabaseChecks, temporalCheck } from './checks';
import { ConfigError, type WorkerConfig } from './config';
import { createDependencies, type Dependencies } from './dependencies';
import { watchFarEnds } from './far-ends';
import { serveHealth } from './health';
import { createEventLog, createPino, createTemporalLogger, type EventLog } from './logger';
import { createWorker } from './worker';
import { WORKFLOW_BUNDLE } from './workflow-bundle';

/**
 * Runs the worker until the signal. A far end that is away at the start is named and waited for; the readiness probe is red
 * until then.
 * @throws ConfigError when Temporal's own settings cannot be read, or a port is taken
 */
export async function runWorkerProcess(config: WorkerConfig, stop: AbortSignal): Promise<void> {
  const log = createPino(config.logLevel);
  const say = createEventLog(log);
  installRuntime(config, createTemporalLogger(log));
  const { connectionOptions, namespace = 'default' } = connectionSettings();

  const dependencies = createDependencies(config);
  const connection = lazily(() => NativeConnection.connect(connectionOptions));
  const checks = [temporalCheck(connection, namespace), ...storageAndDatabaseChecks(dependencies)];
  const farEnds = watchFarEnds(checks, say);
  const state = { isWorking: false };
  let health: { close: () => void } | undefined;
  try {
    health = await startHealth(config, { isWorking: () => state.isWorking, farEnds: farEnds.present });
    await farEnds.untilPresent('temporal', stop);
    if (stop.aborted) return;
    const parts = { ...dependencies, ...config, connection: await connection(), namespace, say };
    const worker = await createWorker({ ...parts, workflowBundle: WORKFLOW_BUNDLE });
    say({ event: 'worker-started', taskQueue: config.taskQueue, namespace });
    state.isWorking = true;
    await runUntil(worker, stop, say);
  } finally {
    // Also when the worker broke: a process that does not poll must not look alive.
    state.isWorking = false;
    farEnds.close();
    health?.close();
    await close(dependencies, connection);
    say({ event: 'worker-stopped' });
  }
}

async function runUntil(worker: Worker, stop: AbortSignal, say: EventLog): Promise<void> {
  const running = worker.run();
  const onStop = (): void => {
    say({ event: 'worker-stopping', signal: String(stop.reason) });
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  await running;
}

function installRuntime({ metricsPort }: WorkerConfig, logger: ReturnType<typeof createTemporalLogger>): void {
  const metrics =
    metricsPort === undefined ? {} : { metrics: { prometheus: { bindAddress: `0.0.0.0:${String(metricsPort)}` } } };
  // Signals are handled by the process itself, also while it still waits for a far end.
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR' }, ...metrics } });
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

async function close({ pool }: Dependencies, connection: Lazy<NativeConnection>): Promise<void> {
  await pool.end();
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
