import { ConfigError, loadConfig } from './config';
import { createEventLog, createPino, errorClassOf } from './logger';
import { runWorkerProcess } from './run';

const EXIT_WRONG_SETTINGS = 2;
const EXIT_FAILED = 1;

/**
 * Runs the worker as this process until SIGTERM or SIGINT. What keeps it from running is a line on standard error, for people, and
 * an event of the log on standard output, for whoever collects it; then the process ends: 2 for settings, else 1.
 */
export async function runWorker(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  try {
    const config = loadConfig(environment);
    await runWorkerProcess({ config, environment }, stopSignal());
  } catch (error) {
    complain(error);
    // At once, whatever still waits: a worker that failed must not look alive.
    process.exit(error instanceof ConfigError ? EXIT_WRONG_SETTINGS : EXIT_FAILED);
  }
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop.abort(signal);
    });
  return stop.signal;
}

function complain(error: unknown): void {
  const say = createEventLog(createPino('fatal'));
  if (error instanceof ConfigError) say({ event: 'worker-refused', variables: error.variables });
  else say({ event: 'worker-failed', errorClass: errorClassOf(error) });
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
