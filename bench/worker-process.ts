import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from '../worker/workflow-bundle';
import type { Server } from './variants';
import type { WorkerMessage } from './worker-messages';
import { createBareWorker, createOurWorker } from './workers';

/** A worker in a process of its own, so that what it uses can be told from what the benchmark uses. */
async function main(variant: string | undefined, { address, namespace }: Server): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  const connection = await NativeConnection.connect({ address });
  const place = { connection, namespace };
  const worker = await (variant === 'bare'
    ? createBareWorker(place)
    : createOurWorker(place, WORKFLOW_BUNDLE, variant === 'three' ? 'three' : 'ours'));
  const running = worker.run();
  process.on('message', () => {
    tell({ kind: 'usage', cpuMs: cpuMs(), peakRssMb: process.resourceUsage().maxRSS / 1024 });
  });
  // Also when whoever started this process was killed.
  process.once('disconnect', () => {
    worker.shutdown();
  });
  tell({ kind: 'ready' });
  await running;
  await connection.close();
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tell(message: WorkerMessage): void {
  process.send?.(message);
}

const [variant, address = '', namespace = ''] = process.argv.slice(2);
main(variant, { address, namespace }).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
