import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RealmKind } from '../../activities/ports/tenant-realm';
import { FakeWorld, type Call } from '../support/fake-world';
import { directoryInput, PLAN_DIGEST } from '../support/inputs';
import { attempt, untilDone } from '../support/run-activity';
import { guid } from '../support/guid';

const ERASED = { kind: 'erased', count: 1 };
const GONE = { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: [] };

const fence = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', directoryInput(world)]);
const erase = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
const outcomes = (world: FakeWorld): unknown[] =>
  world.auditLog.entries.filter(({ kind }) => kind === 'result').map(({ outcome }) => outcome);

/** Somebody becomes the administrator immediately before the tenant is looked at for that time. */
function takenOver(kind: RealmKind, time: number): FakeWorld {
  const world = new FakeWorld();
  world.before('kindOf', (times) => {
    if (times === time) world.realmKind = kind;
  });
  return world;
}

describe('the fence of the directory account', () => {
  it('blocks sign-in and revokes the sessions, each after a look at the tenant', async () => {
    const world = new FakeWorld();

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });

    const relevant: Call[] = ['kindOf', 'blockSignIn', 'revokeSessions'];
    expect(world.calls.filter((call) => relevant.includes(call))).toEqual([
      'kindOf',
      'blockSignIn',
      'kindOf',
      'revokeSessions',
    ]);
  });

  it.each([
    ['managed', 'managed-tenant'],
    ['federated', 'federated-tenant'],
    ['unknown', 'unknown-tenant'],
  ] as const)('writes nothing when the tenant became %s', async (kind, reason) => {
    const world = takenOver(kind, 1);

    await expect(fence(world)).resolves.toEqual({ kind: 'stopped', reason, signIn: 'not-blocked', done: [] });
    expect(world.effects).toEqual([]);
  });

  it('writes nothing more when the tenant became managed after the sign-in was blocked', async () => {
    const world = takenOver('managed', 2);

    await expect(fence(world)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: ['block-sign-in'],
    });
    expect(world.effects).toEqual(['blockSignIn']);
  });

  it('stops when the domain moved to another tenant', async () => {
    const world = new FakeWorld();
    world.domainTenant = guid('3c000000-0000-4000-8000-000000000003');

    await expect(fence(world)).resolves.toMatchObject({ kind: 'stopped', reason: 'unknown-tenant' });
    expect(world.effects).toEqual([]);
  });

  it('stops when the account is gone without our doing, before or after the sign-in was blocked', async () => {
    const before = Object.assign(new FakeWorld(), { account: 'gone' as const });
    const between = new FakeWorld();
    between.before('revokeSessions', () => {
      between.account = 'gone';
    });

    await expect(fence(before)).resolves.toEqual(GONE);
    await expect(fence(between)).resolves.toEqual({ ...GONE, done: ['block-sign-in'] });
  });
});

describe('the erasure of the directory account', () => {
  it('deletes, then purges, each after a look at the tenant', async () => {
    const world = new FakeWorld();

    await expect(erase(world)).resolves.toEqual(ERASED);

    expect(world.account).toBe('gone');
    const relevant: Call[] = ['kindOf', 'softDelete', 'purge'];
    expect(world.calls.filter((call) => relevant.includes(call))).toEqual(['kindOf', 'softDelete', 'kindOf', 'purge']);
  });

  it('goes on from the deleted items when an earlier round had deleted', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'deleted' as const });

    await expect(erase(world, 2)).resolves.toEqual(ERASED);
    expect(world.account).toBe('gone');
  });

  it('takes what a later round finds nowhere for erased by the earlier one', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });

    await expect(erase(world, 2)).resolves.toEqual(ERASED);
  });

  it('stops when the account is gone without our doing', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });

    await expect(erase(world)).resolves.toEqual(GONE);
  });

  it('looks again when what was just deleted is not in the deleted items yet', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    let isLagging = true;
    const purge: typeof directory.purge = async (account, signal) =>
      isLagging ? 'absent' : await directory.purge(account, signal);
    const dependencies = { ...others, directory: { ...directory, purge } };

    await expect(attempt(dependencies, ['eraseTarget', directoryInput(world)])).rejects.toMatchObject({
      type: 'Unavailable',
    });
    isLagging = false;

    await expect(attempt(dependencies, ['eraseTarget', directoryInput(world)])).resolves.toEqual(ERASED);
    expect(world.account).toBe('gone');
  });

  it('needs an operator when the purge is refused, and is done when it is allowed', async () => {
    const world = Object.assign(new FakeWorld(), { purge: 'refused' as const });

    await expect(erase(world)).rejects.toMatchObject({ type: 'PurgeRefused', nonRetryable: true });
    expect(outcomes(world)).toEqual([]);

    await expect(erase(Object.assign(world, { purge: 'allowed' as const }))).resolves.toEqual(ERASED);
  });
});

describe('a takeover during the erasure', () => {
  it('leaves the account as it is before the deletion', async () => {
    const world = takenOver('managed', 1);
    world.isSignInBlocked = true;

    await expect(erase(world)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: [],
    });
    expect(world.effects).toEqual([]);
  });

  it('leaves the account in the deleted items before the purge', async () => {
    const world = takenOver('managed', 2);

    await expect(erase(world)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: ['soft-delete'],
    });
    expect(world.effects).toEqual(['softDelete']);
    expect(world.account).toBe('deleted');
  });

  it('says that the account was deleted when an earlier attempt of ours did it', async () => {
    const world = new FakeWorld();
    world.after('softDelete', (times) => {
      if (times > 1) return;
      world.realmKind = 'managed';
      throw new Error('killed');
    });

    await expect(untilDone(world.dependencies, ['eraseTarget', directoryInput(world)])).resolves.toMatchObject({
      kind: 'stopped',
      done: ['soft-delete'],
    });
    expect(world.effects).toEqual(['softDelete']);
  });

  it('is what the audit log says afterwards, also when the tenant is unmanaged again', async () => {
    const world = takenOver('managed', 2);

    const stopped = await erase(world);
    world.realmKind = 'unmanaged';

    await expect(erase(world)).resolves.toEqual(stopped);
    expect(world.account).toBe('deleted');
  });
});

describe('the audit entries of an erasure', () => {
  it('are the intent before the first call and the result after the last, and name the plan', async () => {
    const world = new FakeWorld();

    await erase(world);

    expect(world.calls.at(0)).toBe('append');
    expect(world.calls.at(-1)).toBe('append');
    expect(world.auditLog.entries).toMatchObject([
      { kind: 'intent', target: 'directory', step: 'erase', round: 1, planDigest: PLAN_DIGEST },
      { kind: 'result', target: 'directory', step: 'erase', round: 1, planDigest: PLAN_DIGEST, outcome: ERASED },
    ]);
  });

  it('are believed: a recorded result is answered as it is, and nothing is done again', async () => {
    const world = new FakeWorld();
    const { closureId, target, round } = directoryInput(world);
    const { append } = world.auditLog;
    const { signal } = new AbortController();
    const effect = { closureId, target, step: 'erase', round };
    await append({ ...effect, kind: 'intent' }, signal);
    await append({ ...effect, kind: 'result', outcome: { kind: 'erased', count: 7 } }, signal);

    await expect(erase(world)).resolves.toEqual({ kind: 'erased', count: 7 });
    expect(world.effects).toEqual([]);
  });

  it('are of each round: what one did is not the result of the next', async () => {
    const world = new FakeWorld();

    await erase(world, 1);
    world.account = 'deleted';
    await erase(world, 2);

    expect(world.account).toBe('gone');
    expect(outcomes(world)).toEqual([ERASED, ERASED]);
  });

  it('come first: without the intent nothing is destroyed', async () => {
    const world = new FakeWorld();
    world.before('append', () => {
      throw new Error('the database is away');
    });

    await expect(erase(world)).rejects.toMatchObject({ type: 'Defect' });
    expect(world.effects).toEqual([]);
  });
});

describe('two attempts of an erasure at the same time', () => {
  it('erase the account and tell the same, in whatever order their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new FakeWorld();
        const calls: Call[] = ['append', 'findAccount', 'kindOf', 'softDelete', 'purge'];
        for (const call of calls) world.before(call, () => scheduler.schedule(Promise.resolve(), call));

        const both = Promise.allSettled([erase(world), erase(world)]);
        await scheduler.waitFor(both);
        await scheduler.waitFor(untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]));

        const told = (await both).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
        expect(world.account).toBe('gone');
        // The purge of one may fall between the calls of the other, who then finds the account gone.
        expect([[ERASED], [GONE]]).toContainEqual(outcomes(world));
        for (const answer of told) expect(answer).toEqual(outcomes(world)[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('leave the count of the first: the second finds less but does not say so', async () => {
    const world = new FakeWorld();

    const both = await Promise.all([
      erase(world),
      untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]),
    ]);

    expect(both).toEqual([ERASED, ERASED]);
    expect(outcomes(world)).toEqual([ERASED]);
  });
});
