import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { RequestRefusedError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { directoryPlan } from '../support/planned-targets';
import { endOf } from '../support/several-systems';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

/** Two services with a rate, one without, and which Task Queue each of their calls came through. */
function worldOfRates(): { readonly world: FakeWorld; readonly queues: ReadonlyMap<string, Set<string>> } {
  const world = new FakeWorld();
  world.withService('crm', { rate: { perSecond: 50 } });
  world.withService('mail');
  world.withService('shop', { rate: { perSecond: 50 } });
  const queues = new Map(['shop', 'mail', 'crm'].map((name) => [name, new Set<string>()]));
  for (const [name, seen] of queues) {
    world.serviceNamed(name).before = (call) => seen.add(`${Context.current().info.taskQueue} ${call}`);
  }
  return { world, queues };
}

const refused = (): never => {
  throw new RequestRefusedError({ farEnd: 'erasure-service', operation: 'service.look-up', code: 'out-of-order' });
};

describe('a target with a rate', () => {
  it('is planned, planned again, erased and verified through its own Task Queue, and the others through none', async () => {
    const { world, queues } = worldOfRates();

    const status = await endOf(closures, world);

    expect(status).toMatchObject({ outcome: 'closed', attention: [] });
    expect(status.plan?.targets.map(({ name }) => name)).toEqual(['shop', 'mail', 'crm', 'directory']);
    for (const [name, seen] of queues) {
      const asked = [...seen].map((call) => call.split(' ').at(-1));
      expect(asked.toSorted()).toEqual(['lookUp', 'requestErasure']);
      const own = [...seen].filter((call) => call.includes(`.${name} `));
      expect(own).toHaveLength(name === 'mail' ? 0 : seen.size);
    }
  });

  it('is asked once for a plan, and once to compare it', async () => {
    const { world } = worldOfRates();

    const asked = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      const lookUps = world.serviceNamed('crm').calls.length;
      world.serviceNamed('crm').kept = [{ what: 'invoice', count: 1, retained: { basis: 'legal-obligation' } }];
      const again = await closure.confirm().then(() => closure.untilSeen(({ plan }) => plan?.round === 2));
      await closure.withdraw();
      return { lookUps, again };
    });

    expect(asked.lookUps).toBe(1);
    // Shown once more, with what has come to stay.
    expect(asked.again.plan?.targets[2]?.retains).toMatchObject([{ what: 'invoice', count: 1 }]);
    expect(world.serviceNamed('crm').calls).toEqual(['lookUp', 'lookUp', 'lookUp']);
  });

  it('that cannot be planned is named, and is asked again when an operator says so; who has answered is not', async () => {
    const { world } = worldOfRates();
    world.serviceNamed('crm').before = refused;

    const shown = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const parked = await closure.untilAttention();
      expect(parked).toMatchObject({
        phase: 'planning',
        attention: [{ target: 'plan', at: 'crm', fault: 'RequestRefused', operation: 'service.look-up' }],
      });
      world.serviceNamed('crm').before = () => undefined;
      await closure.resolve('plan');
      const planned = await closure.untilPhase('awaitingConfirmation');
      await closure.withdraw();
      return planned;
    });

    expect(shown).toMatchObject({ attention: [], plan: { targets: [{}, {}, { name: 'crm' }, {}] } });
    expect(world.serviceNamed('shop').calls).toEqual(['lookUp']);
  });

  it('does not keep the person from withdrawing while it waits for its turn', async () => {
    const { world } = worldOfRates();

    const status = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        await closure.untilPhase('planning');
        return await closure.withdraw();
      },
      {
        instead: {
          planTarget: () => Promise.reject(ApplicationFailure.create({ type: 'Throttled', nextRetryDelay: '1 hour' })),
        },
      },
    );

    expect(status.outcome).toBe('withdrawn');
  });

  it('waits for an operator when the workers never agree on what it is', async () => {
    const { world } = worldOfRates();
    const plan = directoryPlan({ name: 'crm' });

    const status = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        const parked = await closure.untilAttention();
        await closure.withdraw();
        return parked;
      },
      { instead: { planTarget: () => Promise.resolve({ plan, bases: {} }) } },
    );

    expect(status.attention).toMatchObject([{ target: 'plan', fault: 'TargetChanged' }]);
  });
});
