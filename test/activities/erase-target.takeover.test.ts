import { describe, expect, it } from '@jest/globals';
import type { RealmKind } from '../../activities/ports/tenant-realm';
import { FakeWorld } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, Retries, untilDone } from '../support/run-activity';

const ERASED = { kind: 'erased', count: 1, retained: [] };
const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const erase = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
const erasing = (world: FakeWorld, round = 1): Retries<'eraseTarget'> =>
  new Retries(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
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

/** The realm calls the tenant managed when it is looked at for that time, and never else. */
function oddOnce(time: number): FakeWorld {
  const world = new FakeWorld();
  world.before('kindOf', (times) => {
    world.realmKind = times === time ? 'managed' : 'unmanaged';
  });
  return world;
}

describe('a takeover during the erasure', () => {
  it('is too early to tell for as long as reads may lag, and nothing is written from the first sight on', async () => {
    const world = takenOver('managed', 2);
    const retries = erasing(world);

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled', category: 'BENIGN' });
      expect(world.effects).toEqual(['softDelete']);
    }
    expect(outcomes(world)).toEqual([]);
  });

  it('is none when the realm gave one odd answer between two good ones: the erasure goes on', async () => {
    const world = oddOnce(2);
    const retries = erasing(world);

    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    expect(world.effects).toEqual(['softDelete']);
    await expect(retries.at(MINUTE_MS)).resolves.toEqual(ERASED);
    expect(world.effects).toEqual(['softDelete', 'purge']);
  });

  it('leaves the account as it is before the deletion', async () => {
    const world = Object.assign(takenOver('managed', 1), { isSignInBlocked: true });

    await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: [],
      isPastPointOfNoReturn: false,
    });
    expect(world.effects).toEqual([]);
  });

  it('leaves the account in the deleted items before the purge', async () => {
    const world = takenOver('managed', 2);

    await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual({
      kind: 'stopped',
      reason: 'managed-tenant',
      signIn: 'blocked',
      done: ['soft-delete'],
      isPastPointOfNoReturn: true,
    });
    expect(world.effects).toEqual(['softDelete']);
    expect(world.account).toBe('deleted');
  });

  it('says that the account was deleted when an earlier attempt of ours did it', async () => {
    const world = new FakeWorld();
    world.after('softDelete', () => {
      world.realmKind = 'managed';
      throw new Error('killed');
    });

    await expect(untilDone(world.dependencies, ['eraseTarget', directoryInput(world)])).resolves.toMatchObject({
      kind: 'stopped',
      done: ['soft-delete'],
    });
    expect(world.effects).toEqual(['softDelete']);
  });

  it('says nothing was done when somebody else has deleted the account', async () => {
    const world = Object.assign(takenOver('managed', 1), { account: 'deleted' as const });

    await expect(erasing(world).upTo(AGES_MS)).resolves.toMatchObject({ kind: 'stopped', done: [] });
  });

  it('is what the audit log says afterwards, also when the tenant is unmanaged again', async () => {
    const world = takenOver('managed', 2);

    const stopped = await erasing(world).upTo(AGES_MS);
    world.realmKind = 'unmanaged';

    await expect(erase(world)).resolves.toEqual(stopped);
    expect(world.account).toBe('deleted');
  });
});
