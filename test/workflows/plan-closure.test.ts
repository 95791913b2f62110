import { describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { UnavailableError } from '../../activities/ports/faults';
import { closureWorkflowId } from '../../workflows/contract/ids';
import type { DryRun } from '../../workflows/contract/dry-run';
import { FakeWorld } from '../support/fake-world';
import { refused, worldOfSystems } from '../support/several-systems';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

const dryRun = (world: FakeWorld): Promise<DryRun> =>
  closures.withWorld(world, async () => (await closures.plan()).result());

/** Whatever a dry run could have left in this world. */
function leftIn(world: FakeWorld): unknown {
  const { auditLog, vault, containers, effects, account, isSignInBlocked } = world;
  const writes = world.calls.filter((call) => /^(append|pass|reopen|end|create|grant|delete)/.test(call));
  return {
    entries: auditLog.entries,
    kept: vault.kept,
    containers: [...containers],
    effects,
    account,
    isSignInBlocked,
    writes,
  };
}

describe('a dry run', () => {
  it('says what every target would erase and keep, and leaves nothing anywhere', async () => {
    const world = worldOfSystems();
    world.serviceNamed('crm').kept = [{ what: 'invoice', count: 2, retained: { basis: 'legal-obligation' } }];

    const found = await dryRun(world);

    expect(found).toMatchObject({
      eligibility: 'eligible',
      plan: {
        targets: [
          { name: 'shop', erases: [{ what: 'contact', count: 3 }] },
          { name: 'mail' },
          { name: 'crm', retains: [{ what: 'invoice', count: 2, basis: 'legal-obligation' }] },
          { name: 'directory', erases: [{ what: 'account', count: 1 }, {}, {}, {}, {}] },
        ],
      },
      unplanned: [],
    });
    expect(leftIn(world)).toEqual(leftIn(new FakeWorld()));
    for (const name of ['shop', 'mail', 'crm']) expect(world.serviceNamed(name).calls).toEqual(['lookUp']);
  });

  it('shows the plan of the others, and names what cannot be planned, with the fault and what to do', async () => {
    const world = worldOfSystems();
    world.serviceNamed('shop').before = refused;
    world.serviceNamed('mail').before = () => {
      throw new UnavailableError({ farEnd: 'erasure-service', operation: 'service.look-up' });
    };

    const found = await dryRun(world);

    expect(found).toMatchObject({
      plan: { targets: [{ name: 'crm' }, { name: 'directory' }] },
      unplanned: [
        { target: 'shop', fault: 'RequestRefused', attempts: 1, advice: expect.stringContaining('targets probe') },
        { target: 'mail', fault: 'Unavailable', attempts: 3, advice: expect.stringContaining('repeat') },
      ],
    });
  });

  it('is refused as a closure would be, with all blockers, and asks no target', async () => {
    const world = worldOfSystems();
    world.isGuest = true;
    world.ownerships = [{ kind: 'sole-owner-of-groups', count: 2 }];

    await expect(dryRun(world)).resolves.toEqual({
      eligibility: 'rejected',
      reason: 'blocked',
      blockers: [
        { kind: 'guest-account', count: 1 },
        { kind: 'sole-owner-of-groups', count: 2 },
      ],
      advice: expect.any(String),
    });
    expect(world.serviceNamed('shop').calls).toEqual([]);
  });

  it('believes at once that there is no such account: it decides nothing by it', async () => {
    const world = new FakeWorld();
    world.account = 'gone';

    await expect(dryRun(world)).resolves.toMatchObject({ eligibility: 'rejected', reason: 'no-such-account' });
    expect(world.calls.filter((call) => call === 'findAccount')).toHaveLength(1);
  });

  it('does not know whether the account may be closed when the directory is away, and gives up soon', async () => {
    const world = new FakeWorld();
    world.before('findAccount', () => {
      throw new UnavailableError({ farEnd: 'directory', operation: 'directory.find-account' });
    });

    await expect(dryRun(world)).resolves.toMatchObject({
      eligibility: 'unknown',
      unplanned: [{ target: 'eligibility', fault: 'Unavailable', operation: 'directory.find-account', attempts: 3 }],
    });
  });

  it('asks a target with a rate through its own Task Queue', async () => {
    const world = new FakeWorld();
    world.withService('crm', { rate: { perSecond: 50 } });
    const queues: string[] = [];
    world.serviceNamed('crm').before = () => queues.push(Context.current().info.taskQueue);

    await dryRun(world);

    expect(queues).toEqual([expect.stringMatching(/\.crm$/)]);
  });

  it('runs under no id that could be made from an account, and with no other input', async () => {
    const world = new FakeWorld();
    const ids = [closureWorkflowId(world.person), `plan-${closureWorkflowId(world.person)}`];

    await closures.withWorld(world, async () => {
      for (const workflowId of ids) {
        const failed = (await closures.plan({ workflowId })).result();
        await expect(failed).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } });
        await expect(failed).rejects.toThrow(WorkflowFailedError);
      }
    });
    expect(world.calls).toEqual([]);
  });

  it('carries no memo and no search attribute of ours', async () => {
    await closures.withWorld(new FakeWorld(), async () => {
      const handle = await closures.plan();
      await handle.result();
      const { memo, typedSearchAttributes } = await handle.describe();

      expect(memo ?? {}).toEqual({});
      expect(typedSearchAttributes.getAll()).toEqual([]);
    });
  });
});
