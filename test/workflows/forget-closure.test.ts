import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError } from '../../activities/ports/faults';
import { forgetWorkflowId } from '../../workflows/contract/ids';
import type { ForgetClosureWorkflow } from '../../workflows/contract/messages';
import { withdrawUpdate } from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile, type ClosureUnderTest } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

const forgotten = ({ closureId }: ClosureUnderTest): ReturnType<ForgetClosureWorkflow> =>
  closures.environment.client.workflow.getHandle<ForgetClosureWorkflow>(forgetWorkflowId(closureId)).result();

const DAY_MS = 24 * 60 * 60_000;

describe('a closure that has ended', () => {
  it('keeps the export of a closed account for 30 days, then deletes it', async () => {
    const world = new FakeWorld();
    let deletedAt = 0;
    world.after('deleteContainer', async () => {
      deletedAt = await closures.environment.currentTimeMs();
    });

    const confirmedAt = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const confirmed = await closure.confirm();
      await closure.handle.result();
      await expect(forgotten(closure)).resolves.toMatchObject({ deletedContainers: 1 });
      return Date.parse(confirmed.confirmedAt ?? '');
    });

    expect(world.containers.size).toBe(0);
    expect(deletedAt - confirmedAt).toBeGreaterThanOrEqual(30 * DAY_MS);
  });

  it('leaves nothing of a withdrawn closure, also when a late attempt creates a container once more', async () => {
    const world = new FakeWorld();
    world.after('deleteContainer', (times) => {
      if (times === 1) void Promise.resolve().then(() => world.containers.set(late, {}));
    });
    let late = '';

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      late = `export-${closure.closureId}-1`;
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      await forgotten(closure);
    });

    expect(world.containers.size).toBe(0);
  });

  it('is not given up when the storage refuses: the deletion is shown as attention and tried again', async () => {
    const world = new FakeWorld();
    world.before('listContainers', (times) => {
      if (times <= 3) throw new AccessDeniedError({ farEnd: 'export-storage' });
    });

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      await expect(forgotten(closure)).resolves.toMatchObject({ deletedContainers: 1 });
    });

    expect(world.containers.size).toBe(0);
  });
});
