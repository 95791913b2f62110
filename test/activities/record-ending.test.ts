import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { closureRef, decisionFor, directoryInput, HISTORY, turnsTaken } from '../support/inputs';
import { attempt } from '../support/run-activity';

const end = (world: FakeWorld, ending: 'withdrawn' | 'expired' | 'rejected' = 'withdrawn'): Promise<unknown> =>
  attempt(world.dependencies, ['recordEnding', { ...closureRef(world), decision: decisionFor(ending) }]);

describe('how a closure ends', () => {
  it.each([
    ['withdrawn', 'withdraw'],
    ['expired', 'expire'],
    ['rejected', 'reject'],
  ] as const)('is written as %s, and then who decided it', async (ending, step) => {
    const world = new FakeWorld();

    await expect(end(world, ending)).resolves.toEqual({ kind: 'recorded' });

    expect(turnsTaken(world).map(({ kind }) => kind)).toEqual([ending]);
    expect(world.auditLog.entries).toMatchObject([{ ...HISTORY, target: 'closure', step, kind: 'decision' }]);
  });

  it('is not decided when the erasure has begun: the log has no word of it', async () => {
    const world = new FakeWorld();
    await attempt(world.dependencies, ['fenceTarget', directoryInput(world)]);

    await expect(end(world)).resolves.toEqual({ kind: 'erasure-has-begun' });

    expect(world.auditLog.entries.filter(({ kind }) => kind === 'decision')).toEqual([]);
  });

  it('has its decision once, though the database went away between the two', async () => {
    const world = new FakeWorld();
    world.before('append', () => {
      throw new UnavailableError({ farEnd: 'audit-log', operation: 'audit-log.append' });
    });
    await expect(end(world)).rejects.toMatchObject({ type: 'AuditLogUnavailable' });
    world.before('append', () => undefined);

    await end(world);

    expect(world.auditLog.entries.map(({ step }) => step)).toEqual(['withdraw']);
  });
});
