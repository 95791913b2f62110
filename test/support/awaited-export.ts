import type { AwaitExportInput } from '../../workflows/contract/activities';
import { FakeWorld } from './fake-world';
import { awaitInput } from './inputs';

/** The container that is written into. */
export const CONTAINER = 'export-1';

/** A look at the export. */
export function look(world: FakeWorld): readonly ['awaitExport', AwaitExportInput] {
  return ['awaitExport', awaitInput(world, CONTAINER)];
}

/** The world in which the export's container is there. */
export function exported(): FakeWorld {
  const world = new FakeWorld();
  world.containers.set(CONTAINER, {});
  return world;
}

/** The same, with an export that is as far as this. */
export function worldWith(exportState: FakeWorld['exportState']): FakeWorld {
  return Object.assign(exported(), { exportState });
}
