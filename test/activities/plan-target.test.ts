import { describe, expect, it } from '@jest/globals';
import { createPlanTarget } from '../../activities/plan-target';
import type { ErasureTarget } from '../../activities/ports/erasure-target';
import { Sensitive } from '../../activities/ports/sensitive';
import type { Targets } from '../../activities/targets';
import type { PlannedTarget, PlanTargetInput } from '../../workflows/contract/activities';
import type { TargetPlan } from '../../workflows/contract/plan';
import { anAttempt } from '../support/an-attempt';
import { createFakeVault } from '../support/fake-vault';
import { FakeWorld } from '../support/fake-world';
import { HISTORY, planAgainInput, planInput, planTargetInput } from '../support/inputs';
import { directoryPlan, planOf, policyOf } from '../support/planned-targets';
import { attempt } from '../support/run-activity';

const CRM = policyOf('crm', { kind: 'http', rateLimited: true, definitionDigest: 'ee'.repeat(32) });
const ofCrm = planOf(CRM, { erases: [{ what: 'contact', action: 'delete', count: 7 }] });

/** A service with a rate before the account. */
function worldWithRate(): FakeWorld {
  const world = new FakeWorld();
  world.withService('crm', { rate: { perSecond: 5 } });
  return world;
}

/** A plan that is to be shown, and one to compare it with. */
type Ask = (world: FakeWorld, answered: readonly TargetPlan[]) => Promise<unknown>;
const ASKED: readonly (readonly [name: string, ask: Ask])[] = [
  ['planErasure', (world, answered) => attempt(world.dependencies, ['planErasure', { ...planInput(world), answered }])],
  [
    'planAgain',
    (world, answered) => {
      const input = { ...planAgainInput(world), targets: ['crm', 'directory'], answered };
      return attempt(world.dependencies, ['planAgain', input]);
    },
  ],
];

describe.each(ASKED)('%s with a target that has a rate', (_name, ask) => {
  it('names it, and asks and records nothing before it has answered', async () => {
    const world = worldWithRate();

    await expect(ask(world, [])).resolves.toMatchObject({ rated: [{ name: 'crm', rateLimited: true }] });

    expect(world.serviceNamed('crm').calls).toEqual([]);
    expect(world.calls).not.toContain('countHoldings');
    expect(world.auditLog.entries).toEqual([]);
  });

  it('takes its answer as it came, and asks the others', async () => {
    const world = worldWithRate();

    const answer = JSON.stringify(await ask(world, [ofCrm]));

    expect(answer).toContain(`"targets":[${JSON.stringify(ofCrm)},{"name":"directory"`);
    expect(world.serviceNamed('crm').calls).toEqual([]);
  });

  it('takes no answer by another definition, and none of a target that has no rate', async () => {
    const world = worldWithRate();
    const other = { ...ofCrm, definitionDigest: 'ff'.repeat(32) };

    await expect(ask(world, [other])).resolves.toMatchObject({ rated: [{ name: 'crm' }] });
    await ask(world, [ofCrm, directoryPlan({ erases: [] })]);

    expect(world.calls.filter((call) => call === 'countHoldings')).toHaveLength(1);
  });
});

describe('a recorded plan', () => {
  it('is returned on repetition, without asking who has a rate', async () => {
    const world = worldWithRate();
    const shown = await attempt(world.dependencies, ['planErasure', { ...planInput(world), answered: [ofCrm] }]);

    await expect(attempt(world.dependencies, ['planErasure', planInput(world)])).resolves.toEqual(shown);
  });
});

function never(): never {
  throw new TypeError('It is only planned here.');
}

describe('a target that is asked by itself', () => {
  const KEPT = { key: new Sensitive('17') };
  const vault = createFakeVault();
  const policy = policyOf('shop');
  const targets: Targets = {
    all: [],
    bases: { 'tax-records': 'Seven years under tax law', unused: 'Of another target' },
    directoryName: 'directory',
    find: (name) => (name === 'shop' ? { policy, for: () => ({ plan, erase: never, verify: never }) } : undefined),
  };
  const plan: ErasureTarget['plan'] = async ({ keep }) => ({
    subject: (await keep(KEPT)).digest,
    erases: [],
    retains: [{ what: 'app.invoices', count: 2, basis: 'tax-records' }],
    keptByProvider: [],
  });
  const world = new FakeWorld();
  const ask = (changes: Partial<PlanTargetInput>): Promise<PlannedTarget> =>
    createPlanTarget({ targets, vault })(planTargetInput(world, { target: 'shop', ...changes }), {
      attempt: anAttempt({ atMs: 0, readsLagMs: 0 }, undefined),
      isTokenUsed: false,
    });

  it('keeps nothing when it is only compared, nor for a dry run: another key each time', async () => {
    const [one, other] = [await ask({ identifiers: 'compare' }), await ask({ identifiers: 'compare' })];

    expect(vault.kept).toEqual([]);
    expect(one.plan.subject).not.toBe(other.plan.subject);
  });

  it('keeps identifiers once for a plan, and says the same of them ever after', async () => {
    const first = await ask({ identifiers: 'keep' });
    const again = await ask({ identifiers: 'keep' });
    const compared = await ask({ identifiers: 'compare' });

    expect(vault.kept.map(({ identifiers, keptAtMs, ...key }) => key)).toEqual([
      { ...HISTORY, target: 'closure', round: 1 },
      // The first digits of the description: by another one the same key may be somebody else's.
      { ...HISTORY, target: `shop@${'d'.repeat(16)}`, round: 1 },
    ]);
    expect(again).toEqual(first);
    expect(compared).toEqual(first);
  });

  it("brings the deployment's words for the bases in its plan, and for no others", async () => {
    expect((await ask({ identifiers: 'compare' })).bases).toEqual({ 'tax-records': 'Seven years under tax law' });
  });

  it('is unknown when the file has none of that name, and is named', async () => {
    await expect(
      attempt(world.dependencies, ['planTarget', planTargetInput(world, { target: 'crm' })]),
    ).rejects.toMatchObject({ type: 'TargetUnknown', nonRetryable: true, details: [{ at: 'crm' }] });
  });
});
