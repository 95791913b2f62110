import { Worker } from '@temporalio/worker';
import { NativeWorker } from '@temporalio/worker/lib/worker';
import { disarmReferences } from '../codec/storage-references';

/**
 * The SDK's worker, except that no task brings it a reference to an external storage: such a reference is refused before the
 * codec can make the marker of it, and one that is malformed before any storage is asked. What the native part of the SDK
 * hands over is the only place before that.
 */
export class TolerantWorker extends Worker {
  protected static override nativeWorkerCtor: typeof Worker.nativeWorkerCtor = {
    create: async (...how) => tolerant(await NativeWorker.create(...how)),
    createReplay: async (...how) => {
      const replay = await NativeWorker.createReplay(...how);
      return { ...replay, worker: tolerant(replay.worker) };
    },
  };
}

type Polls = Pick<NativeWorker, 'pollWorkflowActivation' | 'pollActivityTask'>;

function tolerant<Native extends Polls>(worker: Native): Native {
  const { pollWorkflowActivation, pollActivityTask } = worker;
  const polls: Polls = {
    pollWorkflowActivation: async () => disarmReferences(await pollWorkflowActivation()),
    pollActivityTask: async () => disarmReferences(await pollActivityTask()),
  };
  return Object.assign(worker, polls);
}
