import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError, UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;
/** Looks over longer than reads may lag. */
const LATER_MS = [1, 2, 6, 10, 14].map((minutes) => minutes * MINUTE_MS);
const denied = new AccessDeniedError({ farEnd: 'directory', operation: 'directory.soft-delete' });
const cut = new UnavailableError({ farEnd: 'directory', operation: 'directory.soft-delete' });

const erasing = (world: FakeWorld): Retries<'eraseTarget'> =>
  new Retries(world.dependencies, ['eraseTarget', directoryInput(world)]);

/** A delete that comes to this each time, and changes nothing. */
function worldWhereDeleteFails(...faults: readonly Error[]): FakeWorld {
  const world = new FakeWorld();
  world.before('softDelete', (times) => {
    const fault = faults[times - 1];
    if (fault !== undefined) throw fault;
  });
  return world;
}

describe('an account that somebody else removes after our delete was refused', () => {
  it('is gone without our doing', async () => {
    const world = worldWhereDeleteFails(denied);
    const retries = erasing(world);
    await expect(retries.at(0)).rejects.toThrow();
    world.account = 'gone';

    await expect(retries.upTo(LATER_MS)).resolves.toMatchObject({ kind: 'stopped', reason: 'account-gone' });
  });

  it('may be our doing when another call of ours had no answer', async () => {
    const world = worldWhereDeleteFails(cut, denied);
    const retries = erasing(world);
    await expect(retries.at(0)).rejects.toThrow();
    await expect(retries.at(MINUTE_MS)).rejects.toThrow();
    world.account = 'gone';

    await expect(retries.upTo(LATER_MS.map((ms) => ms + MINUTE_MS))).resolves.toEqual({ kind: 'erased', count: 1 });
  });

  it('may be our doing when the refusal could not be written', async () => {
    const world = worldWhereDeleteFails(denied);
    world.before('append', () => {
      if (world.auditLog.entries.at(-1)?.kind === 'mark') throw new UnavailableError({ farEnd: 'audit-log' });
    });
    const retries = erasing(world);
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'AccessDenied' });
    world.before('append', () => undefined);
    world.account = 'gone';

    await expect(retries.upTo(LATER_MS)).resolves.toEqual({ kind: 'erased', count: 1 });
  });
});

describe('a refused call', () => {
  it('stands in the log beside its mark, each attempt with its own', async () => {
    const world = worldWhereDeleteFails(denied, denied);
    await expect(attempt(world.dependencies, ['eraseTarget', directoryInput(world)])).rejects.toThrow();
    await expect(attempt(world.dependencies, ['eraseTarget', directoryInput(world)])).rejects.toThrow();

    const traces = world.auditLog.entries.filter(({ kind }) => kind !== 'intent');
    expect(traces.map(({ kind }) => kind)).toEqual(['mark', 'refusal', 'mark', 'refusal']);
    expect(new Set(traces.map(({ occasion }) => occasion)).size).toBe(2);
  });
});
