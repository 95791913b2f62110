import { describe, expect, it } from '@jest/globals';
import { breakDown, endOf, refused, statesOf, worldOfSystems } from '../support/several-systems';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

describe('a closure of several systems', () => {
  it('is closed when each is erased, in its order, and was read again', async () => {
    const world = worldOfSystems();
    const order: string[] = [];
    for (const name of ['shop', 'mail', 'crm']) {
      world.serviceNamed(name).before = (call) => (call === 'requestErasure' ? order.push(name) : undefined);
    }
    world.before('softDelete', () => order.push('directory'));

    const status = await endOf(closures, world);

    expect(status).toMatchObject({ outcome: 'closed', attention: [] });
    expect(status.targets).toMatchObject([
      { name: 'shop', kind: 'http', state: 'verified', erasedCount: 3, rounds: 1, grade: 'by-the-service' },
      { name: 'mail', state: 'verified', erasedCount: 3 },
      { name: 'crm', state: 'verified', erasedCount: 3 },
      { name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, grade: 're-read' },
    ]);
    expect(order.indexOf('crm')).toBeGreaterThan(order.indexOf('shop'));
    expect(order.at(-1)).toBe('directory');
  });

  it('has all of them in the plan, in the order of the file, with counts and what stays', async () => {
    const world = worldOfSystems();
    world.serviceNamed('crm').kept = [{ what: 'invoice', count: 2, retained: { basis: 'legal-obligation' } }];

    const { plan } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      await closure.withdraw();
      return asked;
    });

    expect(plan?.targets.map(({ name }) => name)).toEqual(['shop', 'mail', 'crm', 'directory']);
    expect(plan?.targets[2]).toMatchObject({
      erases: [{ what: 'contact', action: 'delete', count: 3 }],
      retains: [{ what: 'invoice', count: 2, basis: 'legal-obligation' }],
    });
  });

  it('says that something was kept, and why, when a system keeps something of ours', async () => {
    const world = worldOfSystems();
    const retained = { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' };
    world.serviceNamed('mail').kept = [{ what: 'invoice', count: 2, retained }];

    const status = await endOf(closures, world);

    expect(status.outcome).toBe('closedWithRetention');
    expect(status.targets[1]).toMatchObject({
      name: 'mail',
      state: 'verified',
      retained: [{ what: 'invoice', count: 2, ...retained }],
    });
  });

  it('waits for a system that takes days, and costs no history by it', async () => {
    const world = worldOfSystems();
    world.serviceNamed('crm').looks = 5;

    const status = await endOf(closures, world);

    expect(status).toMatchObject({ outcome: 'closed' });
    expect(world.serviceNamed('crm').calls.filter((call) => call === 'progress')).toHaveLength(5);
    expect(world.serviceNamed('crm').calls.filter((call) => call === 'requestErasure')).toHaveLength(1);
  });

  it('erases again what is still there although it was called erased, and asks somebody in the end', async () => {
    const world = worldOfSystems();
    world.serviceNamed('mail').isLying = true;

    const status = await endOf(closures, world, async (closure) => {
      const parked = await closure.untilAttention();
      expect(parked.attention).toMatchObject([{ target: 'mail', fault: 'RemainsFound' }]);
      expect(parked.targets[1]).toMatchObject({ name: 'mail', state: 'remains', rounds: 3 });
      world.serviceNamed('mail').isLying = false;
      await closure.resolve('mail');
    });

    expect(status).toMatchObject({ outcome: 'closed' });
    expect(status.targets[1]).toMatchObject({ state: 'verified', rounds: 4 });
  });
});

describe('a system that is broken', () => {
  it('waits for an operator; what does not need it goes on, the account stays, and nothing is skipped', async () => {
    const world = worldOfSystems();
    const repair = breakDown(world, 'shop');

    const status = await endOf(closures, world, async (closure) => {
      const parked = await closure.untilSeen(({ targets }) => targets.some(({ state }) => state === 'erased'));
      await closure.untilAttention();
      expect(statesOf(parked)).toEqual([
        ['shop', 'planned'],
        ['mail', 'erased'],
        ['crm', 'planned'],
        ['directory', 'fenced'],
      ]);
      expect(world.account).toBe('live');
      repair();
      await closure.resolve('shop');
    });

    expect(status).toMatchObject({ outcome: 'closed' });
  });

  it('can be left out past the point of no return: the rest goes on, and the outcome says so', async () => {
    const world = worldOfSystems();
    breakDown(world, 'shop');

    const status = await endOf(closures, world, async (closure) => {
      await closure.untilAttention();
      await expect(closure.exempt('shop', 'no-such-basis')).rejects.toMatchObject({ cause: { type: 'unknown-basis' } });
      await closure.exempt('shop');
      await expect(closure.exempt('shop')).rejects.toMatchObject({ cause: { type: 'nothing-to-resolve' } });
    });

    expect(status.outcome).toBe('closedWithRetention');
    expect(status.targets[0]).toMatchObject({ state: 'exempt', exempt: { basis: 'legal-claims', by: 'op-1' } });
    expect(statesOf(status)).toEqual([
      ['shop', 'exempt'],
      ['mail', 'verified'],
      ['crm', 'verified'],
      ['directory', 'verified'],
    ]);
    expect(world.serviceNamed('shop').held).toBe(3);
  });

  it('is named when it cannot be planned, and nobody can leave it out before the person was asked', async () => {
    const world = worldOfSystems();
    const crm = world.serviceNamed('crm');
    crm.before = (call) => (call === 'lookUp' ? refused() : undefined);

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const parked = await closure.untilAttention();
      expect(parked.attention).toMatchObject([{ target: 'plan', fault: 'RequestRefused', at: 'crm' }]);
      await expect(closure.exempt('plan')).rejects.toMatchObject({ cause: { type: 'not-exemptible' } });
      crm.before = () => undefined;
      await closure.resolve('plan');
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'closed' });
  });
});
