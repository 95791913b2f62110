import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { RealmKind } from '../../activities/ports/tenant-realm';
import { FakeWorld, type Call } from '../support/fake-world';
import { guid } from '../support/guid';
import { directoryInput, turnsTaken } from '../support/inputs';
import { attempt, Retries, type AttemptDependencies } from '../support/run-activity';

const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const away = new UnavailableError({ farEnd: 'directory' });

const fence = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', directoryInput(world)]);
const fencing = (world: FakeWorld, through: AttemptDependencies = world.dependencies): Retries<'fenceTarget'> =>
  new Retries(through, ['fenceTarget', directoryInput(world)]);
const worldWith = (changes: Partial<FakeWorld>): FakeWorld => Object.assign(new FakeWorld(), changes);

/** Somebody becomes the administrator immediately before the tenant is looked at for that time. */
function takenOver(kind: RealmKind, time: number): FakeWorld {
  const world = new FakeWorld();
  world.before('kindOf', (times) => {
    if (times === time) world.realmKind = kind;
  });
  return world;
}

function relevant(world: FakeWorld, calls: readonly Call[]): readonly Call[] {
  return world.calls.filter((call) => calls.includes(call));
}

describe('the fence of the directory account', () => {
  it('blocks sign-in and revokes the sessions, each after a look at the tenant', async () => {
    const world = new FakeWorld();

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });

    expect(relevant(world, ['kindOf', 'blockSignIn', 'revokeSessions'])).toEqual([
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

    await expect(fencing(world).upTo(AGES_MS)).resolves.toEqual({
      kind: 'stopped',
      reason,
      signIn: 'not-blocked',
      done: [],
      isPastPointOfNoReturn: false,
    });
    expect(world.effects).toEqual([]);
    expect(turnsTaken(world)).toEqual([]);
  });

  it('writes nothing more when the tenant became managed after the sign-in was blocked', async () => {
    const world = takenOver('managed', 2);

    await expect(fencing(world).upTo(AGES_MS)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: ['block-sign-in'],
      isPastPointOfNoReturn: true,
    });
    expect(world.effects).toEqual(['blockSignIn']);
  });

  it('stops when the domain moved to another tenant', async () => {
    const world = worldWith({ domainTenant: guid('3c000000-0000-4000-8000-000000000003') });

    await expect(fencing(world).upTo(AGES_MS)).resolves.toMatchObject({ kind: 'stopped', reason: 'unknown-tenant' });
    expect(world.effects).toEqual([]);
  });

  it('looks for an account that it does not find for the whole lag, and then stops: it is gone without our doing', async () => {
    const world = worldWith({ account: 'gone' });
    const retries = fencing(world);

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled', category: 'BENIGN' });
    }
    await expect(retries.at(11 * MINUTE_MS)).resolves.toEqual({
      kind: 'stopped',
      reason: 'account-gone',
      signIn: 'unknown',
      done: [],
      isPastPointOfNoReturn: false,
    });
    expect(world.effects).toEqual([]);
  });

  it('does not take an account for gone at one look because it had been throttled for long', async () => {
    const world = worldWith({ account: 'gone' });
    const { directory, ...others } = world.dependencies;
    const throttled = { ...others, directory: { ...directory, findAccount: () => Promise.reject(away) } };
    const retries = fencing(world);
    for (const ageMs of AGES_MS)
      await expect(retries.at(ageMs, throttled)).rejects.toMatchObject({ type: 'Unavailable' });

    await expect(retries.at(12 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });

  it.each(['blockSignIn', 'revokeSessions'] as const)(
    'looks again when %s does not find what was just read',
    async (call) => {
      const world = new FakeWorld();
      const { directory, ...others } = world.dependencies;
      const lagging = { ...others, directory: { ...directory, [call]: () => Promise.resolve('absent') } };
      const retries = fencing(world);

      await expect(retries.at(0, lagging)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
      await expect(retries.at(MINUTE_MS)).resolves.toEqual({ kind: 'fenced' });
    },
  );

  it('ends no sessions before the account is read as blocked: an answer alone is not believed', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const lying = { ...directory, blockSignIn: () => Promise.resolve('blocked' as const) };
    const retries = fencing(world, { ...others, directory: lying });

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    }
    await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'AccountReenabled', nonRetryable: true });
    expect(world.effects).not.toContain('revokeSessions');
  });

  it('is needless for an account that somebody else has deleted: it cannot sign in', async () => {
    const world = worldWith({ account: 'deleted' });

    await expect(fence(world)).resolves.toEqual({ kind: 'needless' });
    expect(world.effects).toEqual([]);
    expect(turnsTaken(world)).toEqual([]);
  });

  it('holds for an account that we have deleted ourselves', async () => {
    const world = worldWith({ purge: 'refused' });
    const erasure = attempt(world.dependencies, ['eraseTarget', directoryInput(world)]);
    await expect(erasure).rejects.toMatchObject({ type: 'PurgeRefused' });

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });
    expect(world.effects).toEqual(['softDelete', 'purge']);
  });

  it('goes on when the realm gave one odd answer between two good ones', async () => {
    const world = new FakeWorld();
    world.before('kindOf', (times) => {
      world.realmKind = times === 2 ? 'managed' : 'unmanaged';
    });
    const retries = fencing(world);

    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    expect(world.effects).toEqual(['blockSignIn']);
    await expect(retries.at(MINUTE_MS)).resolves.toEqual({ kind: 'fenced' });
    expect(world.effects.at(-1)).toBe('revokeSessions');
  });

  it('says after a takeover that an earlier attempt had blocked the sign-in, also when its answer was lost', async () => {
    for (const when of ['after', 'before'] as const) {
      const world = new FakeWorld();
      world[when](when === 'after' ? 'blockSignIn' : 'revokeSessions', () => {
        throw away;
      });
      await expect(fence(world)).rejects.toMatchObject({ type: 'Unavailable' });
      world.realmKind = 'managed';

      await expect(fencing(world).upTo(AGES_MS)).resolves.toMatchObject({
        kind: 'stopped',
        signIn: 'blocked',
        done: ['block-sign-in'],
      });
    }
  });
});
