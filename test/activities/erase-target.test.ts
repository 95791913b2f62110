import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { RealmKind } from '../../activities/ports/tenant-realm';
import { FakeWorld, type Call } from '../support/fake-world';
import { directoryInput, PLAN_DIGEST } from '../support/inputs';
import { attempt, triedFor, untilDone } from '../support/run-activity';
import { guid } from '../support/guid';

const ERASED = { kind: 'erased', count: 1 };
const GONE = { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: [] };

const MINUTE_MS = 60_000;

const fence = (world: FakeWorld, triedForMs = 0): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', directoryInput(world)], { info: triedFor(triedForMs) });
const erase = (world: FakeWorld, round = 1, triedForMs = 0): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world, round)], { info: triedFor(triedForMs) });
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

  it('looks for an account that it does not find for ten minutes, and then stops: it is gone without our doing', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });

    await expect(fence(world)).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
    await expect(fence(world, 10 * MINUTE_MS - 1)).rejects.toMatchObject({ type: 'Unavailable' });
    await expect(fence(world, 10 * MINUTE_MS)).resolves.toEqual(GONE);
    expect(world.effects).toEqual([]);
  });

  it.each(['blockSignIn', 'revokeSessions'] as const)(
    'looks again when %s does not find what was just read',
    async (call) => {
      const world = new FakeWorld();
      const { directory, ...others } = world.dependencies;
      const lagging = { ...directory, [call]: () => Promise.resolve('absent') };

      await expect(
        attempt({ ...others, directory: lagging }, ['fenceTarget', directoryInput(world)]),
      ).rejects.toMatchObject({ type: 'Unavailable' });
      await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });
    },
  );

  it('takes an account that somebody else has deleted for fenced: it cannot sign in', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'deleted' as const });

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });
    expect(world.effects).toEqual([]);
  });

  it('says after a takeover that an earlier attempt had blocked the sign-in', async () => {
    const world = new FakeWorld();
    world.before('revokeSessions', () => {
      throw new UnavailableError('directory');
    });
    await expect(fence(world)).rejects.toMatchObject({ type: 'Unavailable' });
    world.realmKind = 'managed';

    await expect(fence(world)).resolves.toMatchObject({ kind: 'stopped', signIn: 'blocked', done: ['block-sign-in'] });
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

  it('adds nothing when a later round finds the account nowhere', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });

    await expect(erase(world, 2, MINUTE_MS)).resolves.toEqual({ kind: 'absent' });
  });

  it('deletes nothing unseen: an account that is found nowhere at first is looked for again', async () => {
    const world = new FakeWorld();
    world.account = 'gone';

    await expect(erase(world)).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
    expect(world.effects).toEqual([]);

    world.account = 'live';
    await expect(erase(world, 1, MINUTE_MS)).resolves.toEqual(ERASED);
  });

  it('does not purge while the deleted items do not show the account yet: nobody could tell whose tenant it is', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const lagging = { ...directory, findDeletedAccount: () => Promise.resolve(undefined) };

    await expect(
      attempt({ ...others, directory: lagging }, ['eraseTarget', directoryInput(world)]),
    ).rejects.toMatchObject({ type: 'Unavailable' });
    expect(world.effects).toEqual(['softDelete']);
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

    await expect(erase(world)).rejects.toMatchObject({ type: 'PurgeRefused', nonRetryable: false });
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
