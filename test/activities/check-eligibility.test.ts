import { describe, expect, it } from '@jest/globals';
import { FakeWorld, POLICY } from '../support/fake-world';
import { guid } from '../support/guid';
import { CLOSURE_ID } from '../support/inputs';
import { attempt, triedFor } from '../support/run-activity';

function check(changes: Partial<FakeWorld>, askedForMs = 5_000): Promise<unknown> {
  const world = Object.assign(new FakeWorld(), changes);
  const input = { closureId: CLOSURE_ID, account: world.person };
  return attempt(world.dependencies, ['checkEligibility', input], { info: triedFor(askedForMs) });
}

describe('the check of an account', () => {
  it('finds it eligible in an unmanaged tenant, and brings the policy along', async () => {
    await expect(check({})).resolves.toEqual({ eligibility: { kind: 'eligible' }, policy: POLICY });
  });

  it.each<[string, Partial<FakeWorld>]>([
    ['managed-tenant', { realmKind: 'managed' }],
    ['federated-tenant', { realmKind: 'federated' }],
    ['unknown-tenant', { realmKind: 'unknown' }],
    ['unknown-tenant', { domainTenant: undefined }],
    ['unknown-tenant', { domainTenant: guid('3c000000-0000-4000-8000-000000000003') }],
    ['no-such-account', { account: 'gone' }],
    ['no-such-account', { account: 'deleted' }],
    ['account-disabled', { isSignInBlocked: true }],
    ['is-administrator', { isAdministrator: true }],
  ])('rejects it as %s when %j', async (reason, changes) => {
    await expect(check(changes)).resolves.toMatchObject({ eligibility: { kind: 'rejected', reason } });
  });

  it('does not believe the first "no such account": a replica may lag', async () => {
    await expect(check({ account: 'gone' }, 0)).rejects.toMatchObject({ type: 'Indeterminate', nonRetryable: false });
    await expect(check({ account: 'deleted' }, 0)).resolves.toMatchObject({
      eligibility: { reason: 'no-such-account' },
    });
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

    await attempt(world.dependencies, ['checkEligibility', { closureId: CLOSURE_ID, account: world.person }]);

    expect(world.effects).toEqual([]);
    expect(world.auditLog.entries).toEqual([]);
  });
});
