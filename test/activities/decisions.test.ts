import { describe, expect, it } from '@jest/globals';
import type { Decision } from '../../workflows/contract/decisions';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { closureRef, directoryInput, HISTORY, planInput } from '../support/inputs';
import { attempt } from '../support/run-activity';

const REQUESTED: Decision = { step: 'request', at: '2026-01-01T00:00:00.000Z', publicKey: 'key-1' };
const CONFIRMED: Decision = {
  step: 'confirm',
  at: '2026-01-02T00:00:00.000Z',
  planDigest: 'ab'.repeat(32),
  signature: 'signature-1',
};
const RESOLVED: Decision = {
  step: 'resolve',
  at: '2026-01-03T00:00:00.000Z',
  target: 'directory',
  action: 'retry',
  by: 'operator-7',
  since: '2026-01-02T12:00:00.000Z',
};

/** The first Activity of a history, with its request. */
const check = (world: FakeWorld, firstRunId: string, at = REQUESTED.at): Promise<unknown> =>
  attempt(world.dependencies, [
    'checkEligibility',
    { ...closureRef(world), firstRunId, decisions: [{ ...REQUESTED, at }] },
  ]);

describe('decisions that travel with an Activity', () => {
  it('are written before it does anything, with all that was decided', async () => {
    const world = new FakeWorld();

    await attempt(world.dependencies, ['fenceTarget', { ...directoryInput(world), decisions: [CONFIRMED, RESOLVED] }]);

    expect(world.calls.slice(0, 2)).toEqual(['append', 'append']);
    expect(world.auditLog.entries.slice(0, 3)).toMatchObject([
      {
        ...HISTORY,
        kind: 'decision',
        target: 'closure',
        step: 'confirm',
        round: 0,
        occasion: CONFIRMED.at,
        outcome: { planDigest: 'ab'.repeat(32), signature: 'signature-1' },
      },
      {
        kind: 'decision',
        target: 'directory',
        step: 'resolve',
        occasion: RESOLVED.at,
        outcome: { action: 'retry', by: 'operator-7', since: '2026-01-02T12:00:00.000Z' },
      },
      { kind: 'intent', step: 'fence' },
    ]);
  });

  it('are written once, however often they are carried', async () => {
    const world = new FakeWorld();
    const input = { ...planInput(world), decisions: [CONFIRMED] };

    await attempt(world.dependencies, ['planErasure', input]);
    await attempt(world.dependencies, ['planAgain', { ...input, targets: ['directory'] }]);

    expect(world.auditLog.entries.filter(({ kind }) => kind === 'decision')).toHaveLength(1);
  });

  it('are two when the same was decided at two instants', async () => {
    const world = new FakeWorld();
    const again = { ...RESOLVED, at: '2026-01-04T00:00:00.000Z' };

    await attempt(world.dependencies, ['planErasure', { ...planInput(world), decisions: [RESOLVED, again] }]);

    expect(world.auditLog.entries.filter(({ kind }) => kind === 'decision')).toHaveLength(2);
  });

  it('hold the Activity up: without them nothing is done', async () => {
    const world = new FakeWorld();
    world.before('append', () => {
      throw new UnavailableError({ farEnd: 'audit-log' });
    });

    const outcome = attempt(world.dependencies, ['fenceTarget', { ...directoryInput(world), decisions: [CONFIRMED] }]);

    await expect(outcome).rejects.toMatchObject({ type: 'AuditLogUnavailable' });
    expect(world.effects).toEqual([]);
  });

  it('cost nothing where there are none', async () => {
    const world = new FakeWorld();

    await attempt(world.dependencies, ['checkEligibility', closureRef(world)]);

    expect(world.calls).not.toContain('append');
    expect(world.calls).not.toContain('list');
  });
});

describe('a confirmation token', () => {
  it('is used when an earlier history of the same closure id was requested with it: nothing else is read or judged', async () => {
    const world = new FakeWorld();
    await check(world, 'run-0');
    world.calls.splice(0);

    await expect(check(world, 'run-1')).resolves.toMatchObject({
      eligibility: { kind: 'rejected', reason: 'token-used' },
      isPastPointOfNoReturn: false,
    });
    expect(world.calls).toEqual(['append', 'list']);
  });

  it('stays used on repetition, and never becomes used for the history that came first', async () => {
    const world = new FakeWorld();
    await check(world, 'run-0');
    await check(world, 'run-1');

    await expect(check(world, 'run-1')).resolves.toMatchObject({ eligibility: { reason: 'token-used' } });
    await expect(check(world, 'run-0')).resolves.toMatchObject({ eligibility: { kind: 'eligible' } });
  });

  it('is not used up by a reset of the run, which requests it at another instant', async () => {
    const world = new FakeWorld();
    await check(world, 'run-0');
    await check(world, 'run-1');

    await expect(check(world, 'run-0', '2026-02-01T00:00:00.000Z')).resolves.toMatchObject({
      eligibility: { kind: 'eligible' },
    });
  });
});
