import { describe, expect, it } from '@jest/globals';
import { FakeWorld, POLICY } from '../support/fake-world';
import { guid } from '../support/guid';
import { checkInput, closureRef, turnsTaken } from '../support/inputs';
import { attempt, Retries, type AttemptDependencies } from '../support/run-activity';

const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const NO_SUCH_ACCOUNT = { eligibility: { kind: 'rejected', reason: 'no-such-account' } };

const worldWith = (changes: Partial<FakeWorld>): FakeWorld => Object.assign(new FakeWorld(), changes);

function check(changes: Partial<FakeWorld>): Promise<unknown> {
  const world = worldWith(changes);
  return attempt(world.dependencies, ['checkEligibility', closureRef(world)]);
}

const retriesOf = (world: FakeWorld, input = checkInput(world)): Retries<'checkEligibility'> =>
  new Retries(world.dependencies, ['checkEligibility', input]);

describe('the check of an account', () => {
  it('finds it eligible in an unmanaged tenant, and brings the policy along', async () => {
    await expect(check({})).resolves.toEqual({
      eligibility: { kind: 'eligible' },
      policy: POLICY,
      isPastPointOfNoReturn: false,
    });
  });

  it('keeps the policy that the closure has', async () => {
    const world = new FakeWorld();
    const policy = { ...POLICY, readsLagMs: 7, reachedThrough: 'directory-2' };

    const input = { ...closureRef(world), policy };

    await expect(attempt(world.dependencies, ['checkEligibility', input])).resolves.toMatchObject({ policy });
  });

  it.each<[string, Partial<FakeWorld>]>([
    ['managed-tenant', { realmKind: 'managed' }],
    ['federated-tenant', { realmKind: 'federated' }],
    ['unknown-tenant', { realmKind: 'unknown' }],
    ['unknown-tenant', { domainTenant: undefined }],
    ['unknown-tenant', { domainTenant: guid('3c000000-0000-4000-8000-000000000003') }],
    ['account-disabled', { isSignInBlocked: true }],
    ['is-administrator', { isAdministrator: true }],
    ['blocked', { isGuest: true }],
  ])('rejects it at the first look at once as %s when %j', async (reason, changes) => {
    await expect(check(changes)).resolves.toMatchObject({ eligibility: { kind: 'rejected', reason } });
  });

  it('names the tenant before anything that is wrong with the account', async () => {
    await expect(check({ realmKind: 'managed', isSignInBlocked: true, isAdministrator: true })).resolves.toMatchObject({
      eligibility: { reason: 'managed-tenant' },
    });
  });

  it('lists every blocker at once', async () => {
    const ownerships = [
      { kind: 'sole-owner-of-groups', count: 2 },
      { kind: 'sole-owner-of-applications', count: 1 },
    ] as const;

    await expect(check({ isGuest: true, ownerships })).resolves.toMatchObject({
      eligibility: { reason: 'blocked', blockers: [{ kind: 'guest-account', count: 1 }, ...ownerships] },
    });
  });

  it('changes nothing and leaves no audit entry', async () => {
    const world = new FakeWorld();

    await attempt(world.dependencies, ['checkEligibility', closureRef(world)]);

    expect(world.effects).toEqual([]);
    expect(world.auditLog.entries).toEqual([]);
    expect(turnsTaken(world)).toEqual([]);
  });
});

describe('an account that is not found', () => {
  it.each(['gone', 'deleted'] as const)('is no such account when it was %s for the whole lag', async (account) => {
    const world = worldWith({ account });

    await expect(retriesOf(world).upTo(AGES_MS)).resolves.toMatchObject(NO_SUCH_ACCOUNT);
  });

  it('is too early to tell until then, and nothing is wrong', async () => {
    const retries = retriesOf(worldWith({ account: 'gone' }));

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({
        type: 'ReadsUnsettled',
        category: 'BENIGN',
        nonRetryable: false,
        nextRetryDelay: 30_000,
      });
    }
  });

  it('is not believed at one late look: the first one of an old Activity is the first', async () => {
    const world = worldWith({ account: 'gone' });
    const { directory, ...others } = world.dependencies;
    const away: AttemptDependencies = {
      ...others,
      directory: { ...directory, findAccount: () => Promise.reject(new Error('away')) },
    };
    const retries = retriesOf(world);
    for (const ageMs of AGES_MS) await expect(retries.at(ageMs, away)).rejects.toMatchObject({ type: 'Defect' });

    await expect(retries.at(60 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });

  it('is there after all when one look finds it', async () => {
    const world = worldWith({ account: 'gone' });
    const retries = retriesOf(world);
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    world.account = 'live';

    await expect(retries.at(MINUTE_MS)).resolves.toMatchObject({ eligibility: { kind: 'eligible' } });
  });

  it('is no such account at once where nothing lags', async () => {
    const world = worldWith({ account: 'gone' });
    const input = { ...closureRef(world), policy: { ...POLICY, readsLagMs: 0 } };

    await expect(retriesOf(world, input).at(0)).resolves.toMatchObject(NO_SUCH_ACCOUNT);
  });

  describe('behind a gateway that serves several tenants', () => {
    const gateway = { account: 'gone', proof: 'among-several' } as const;

    it('is believed when this closure has read it alive through the same one', async () => {
      await expect(retriesOf(worldWith(gateway)).upTo(AGES_MS)).resolves.toMatchObject(NO_SUCH_ACCOUNT);
    });

    it.each(['at the first look', 'through another one'] as const)('is never believed %s', async (when) => {
      const world = worldWith(gateway);
      const policy = { ...POLICY, reachedThrough: 'directory-2' };
      const input = when === 'at the first look' ? closureRef(world) : { ...closureRef(world), policy };
      const retries = retriesOf(world, input);

      for (const ageMs of [...AGES_MS, 60 * MINUTE_MS]) {
        await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'Indeterminate', nonRetryable: false });
      }
    });
  });
});

describe('a refusal after the first look', () => {
  it.each<[string, Partial<FakeWorld>]>([
    ['managed-tenant', { realmKind: 'managed' }],
    ['federated-tenant', { realmKind: 'federated' }],
    ['unknown-tenant', { domainTenant: undefined }],
    ['account-disabled', { isSignInBlocked: true }],
    ['is-administrator', { isAdministrator: true }],
    ['blocked', { ownerships: [{ kind: 'sole-owner-of-groups', count: 1 }] }],
  ])('is final as %s only when it was the answer for the whole lag (%j)', async (reason, changes) => {
    const retries = retriesOf(worldWith(changes));

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled', category: 'BENIGN' });
    }
    await expect(retries.at(11 * MINUTE_MS)).resolves.toMatchObject({ eligibility: { kind: 'rejected', reason } });
  });

  it('is none when only one read lagged: a sign-in that was still blocked is forgotten', async () => {
    const world = worldWith({ isSignInBlocked: true });
    const retries = retriesOf(world);
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    world.isSignInBlocked = false;

    await expect(retries.at(MINUTE_MS)).resolves.toMatchObject({ eligibility: { kind: 'eligible' } });
  });

  it('has to settle anew when its reason changes', async () => {
    const world = worldWith({ isSignInBlocked: true });
    const retries = retriesOf(world);
    for (const ageMs of AGES_MS.slice(0, -1)) await expect(retries.at(ageMs)).rejects.toThrow();

    world.realmKind = 'managed';

    await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });

  it('is final at once where nothing lags', async () => {
    const world = worldWith({ isSignInBlocked: true });
    const input = { ...closureRef(world), policy: { ...POLICY, readsLagMs: 0 } };

    await expect(retriesOf(world, input).at(0)).resolves.toMatchObject({
      eligibility: { reason: 'account-disabled' },
    });
  });
});
