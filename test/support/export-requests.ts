import type { ExportProgress } from '../../activities/ports/directory';
import type { RequestExportInput } from '../../workflows/contract/activities';
import type { FakeWorld } from './fake-world';
import { CLOSURE_ID, exportInput } from './inputs';
import type { AttemptDependencies } from './run-activity';

/** The container of that number of the closure. */
export function container(attempts: number): string {
  return `export-${CLOSURE_ID}-${String(attempts)}`;
}

/** A round of requests for the person's export. */
export function request(world: FakeWorld, round = 1): readonly ['requestExport', RequestExportInput] {
  return ['requestExport', exportInput(world, round)];
}

/** The world, in which operations are as far as this. */
export function withProgress(
  world: FakeWorld,
  progress: Readonly<Record<string, ExportProgress>>,
): AttemptDependencies {
  const { directory, ...others } = world.dependencies;
  return {
    ...others,
    directory: {
      ...directory,
      exportProgress: (_account, operationId) => Promise.resolve({ progress: progress[operationId] ?? 'running' }),
    },
  };
}

/** The directory has begun an export into the container of that number; answers its operation. */
export function usedContainer(world: FakeWorld, attempts: number): string {
  const operationId = `operation-${String(attempts)}`;
  world.containers.set(container(attempts), { operationId });
  return operationId;
}
