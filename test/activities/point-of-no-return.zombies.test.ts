import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { gate } from '../support/gate';
import { closureRef, decisionFor, directoryInput, turnsTaken } from '../support/inputs';
import { attempt } from '../support/run-activity';

const refusal = new AccessDeniedError({ farEnd: 'directory', operation: 'directory.block-sign-in' });

const fence = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', directoryInput(world)]);
const end = (world: FakeWorld, ending: 'withdrawn'): Promise<unknown> =>
  attempt(world.dependencies, ['recordEnding', { ...closureRef(world), decision: decisionFor(ending) }]);
const kinds = (world: FakeWorld): readonly string[] => turnsTaken(world).map(({ kind }) => kind);

describe('an attempt that lives on unseen', () => {
  it('erases nothing when it wakes up after the closure was ended', async () => {
    const world = new FakeWorld();
    const asleep = gate();
    world.before('pass', (times) => (times === 1 ? asleep.hold() : undefined));
    const zombie = fence(world);
    await asleep.reached;

    await end(world, 'withdrawn');
    asleep.letGo();

    await expect(zombie).resolves.toEqual({ kind: 'ended-before', ending: 'withdrawn' });
    expect(world.effects).toEqual([]);
  });

  it('cannot take back what a later attempt relies on, however late its refusal comes', async () => {
    const world = new FakeWorld();
    const asleep = gate();
    world.before('blockSignIn', async (times) => {
      if (times > 1) return;
      await asleep.hold();
      throw refusal;
    });
    const zombie = fence(world);
    await asleep.reached;

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });
    asleep.letGo();

    await expect(zombie).rejects.toMatchObject({ type: 'AccessDenied' });
    expect(kinds(world)).not.toContain('reopened');
    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'erasure-has-begun' });
  });

  it('cannot take it back while a later attempt has passed and not yet called', async () => {
    const world = new FakeWorld();
    const [first, second] = [gate(), gate()];
    world.before('blockSignIn', async (times) => {
      await (times === 1 ? first : second).hold();
      if (times === 1) throw refusal;
    });
    const zombie = fence(world);
    await first.reached;
    const later = fence(world);
    await second.reached;

    first.letGo();
    await expect(zombie).rejects.toMatchObject({ type: 'AccessDenied' });

    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'erasure-has-begun' });
    second.letGo();
    await expect(later).resolves.toEqual({ kind: 'fenced' });
  });

  it('is answered what was recorded when it finishes last', async () => {
    const world = new FakeWorld();
    const asleep = gate();
    world.before('revokeSessions', (times) => (times === 1 ? asleep.hold() : undefined));
    const zombie = fence(world);
    await asleep.reached;
    await fence(world);
    asleep.letGo();

    await expect(zombie).resolves.toEqual({ kind: 'fenced' });
    expect(world.auditLog.entries.filter(({ kind }) => kind === 'result')).toHaveLength(1);
  });
});
