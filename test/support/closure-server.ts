import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { closureDataConverter } from '../../codec/data-converter';
import { DEFAULT_TASK_QUEUE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { StandInActivities } from './stand-in-activities';
import { bundleOf } from './workflow-bundles';

/** The first start on a machine may have to build the server. */
export const FIRST_START_MS = 20 * 60_000;

/** A Temporal server with a worker that runs the Workflows on stand-in Activities. */
export interface ClosureServer {
  readonly temporal: TemporalServer;
  readonly standIn: StandInActivities;
  /** As a process would be told where the server is. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Which Workflows run: the real ones, or closures that do what they are told (`scripted-closures.ts`). */
export type Cast = 'real' | 'scripted';

const WORKFLOWS: Readonly<Record<Cast, string>> = {
  real: path.join(__dirname, '../../workflows/index.ts'),
  scripted: path.join(__dirname, 'scripted-closures.ts'),
};

export async function startClosureServer(cast: Cast = 'real'): Promise<ClosureServer> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const temporal = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const standIn = new StandInActivities();
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowBundle: await bundleOf(WORKFLOWS[cast]),
    activities: standIn.activities,
    dataConverter: closureDataConverter,
  });
  const run = worker.run();
  return {
    temporal,
    standIn,
    env: { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    close: async () => {
      worker.shutdown();
      await run;
      await connection.close();
      await temporal.close();
    },
  };
}
