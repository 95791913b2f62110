import { ConfigError, loadConfig } from './config';
import { runWorkerProcess } from './run';

const EXIT_WRONG_SETTINGS = 2;
const EXIT_FAILED = 1;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop.abort(signal);
    });
  await runWorkerProcess(config, stop.signal);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // At once, whatever still waits: a worker that failed must not look alive.
  process.exit(error instanceof ConfigError ? EXIT_WRONG_SETTINGS : EXIT_FAILED);
});
