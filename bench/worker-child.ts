import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server, Variant } from './variants';
import { WorkerMessage, type WorkerUsage } from './worker-messages';

/** A worker that runs in a process of its own. It ends with this process, however that ends. */
export interface WorkerChild {
  /** What it has used since it was started. */
  readonly usage: () => Promise<WorkerUsage>;
  /** Lets it finish what it is doing. */
  readonly stop: () => Promise<void>;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
}

/** Starts the worker of a variant, and returns when it polls. @throws Error when it ends before that */
export async function startWorkerChild(variant: Variant, { address, namespace }: Server): Promise<WorkerChild> {
  const child = fork(require.resolve('./worker-process'), [variant, address, namespace], {
    // Standard output belongs to the figures.
    stdio: ['ignore', process.stderr.fd, process.stderr.fd, 'ipc'],
  });
  await messageOf(child, 'ready');
  return {
    usage: async () => {
      const answered = messageOf(child, 'usage');
      child.send('usage');
      const { cpuMs, peakRssMb } = await answered;
      return { cpuMs, peakRssMb };
    },
    stop: () =>
      ended(child, () => {
        child.disconnect();
      }),
    kill: () =>
      ended(child, () => {
        child.kill('SIGKILL');
      }),
  };
}

async function ended(child: ChildProcess, end: () => void): Promise<void> {
  const exited = once(child, 'exit');
  end();
  await exited;
}

function messageOf<K extends WorkerMessage['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<WorkerMessage, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => {
      reject(new Error('The worker ended: see above.'));
    };
    child.once('exit', onExit);
    child.once('message', (received: unknown) => {
      child.off('exit', onExit);
      const message = WorkerMessage.parse(received);
      if (isOfKind(message, kind)) resolve(message);
      else reject(new Error(`The worker said ${message.kind} instead of ${kind}.`));
    });
  });
}

function isOfKind<K extends WorkerMessage['kind']>(
  message: WorkerMessage,
  kind: K,
): message is Extract<WorkerMessage, { kind: K }> {
  return message.kind === kind;
}
