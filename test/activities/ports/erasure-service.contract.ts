import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ErasureService, ServiceErasure, ServiceProgress } from '../../../activities/ports/erasure-service';
import type { Account } from '../../../workflows/contract/account';
import { guid } from '../../support/guid';

/** A service that holds a contact, two tickets and a retained invoice of the person, and as much of a bystander. */
export interface ServiceWorld {
  readonly service: ErasureService;
  readonly person: Account;
  readonly bystander: Account;
  /** Nothing is held of them. */
  readonly stranger: Account;
  /** All that is held of them, byte for byte. */
  readonly dataOf: (account: Account) => string;
  /** The service's users go on: one more ticket of the person. */
  readonly addTicket: (account: Account) => void;
  /** From now on erasures take a while. */
  readonly slow: () => void;
  readonly close: () => Promise<void>;
}

const CLOSURE_ID = guid('c1000000-0000-4000-8000-000000000001');
const KEPT = { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' };
const { signal } = new AbortController();

/** What every erasure service owes. */
export function describeErasureService(name: string, createWorld: () => Promise<ServiceWorld>): void {
  describe(name, () => {
    let world: ServiceWorld;

    beforeEach(async () => {
      world = await createWorld();
    });
    afterEach(async () => {
      await world.close();
    });

    const lookUp = (account: Account, purpose: 'plan' | 'verify' = 'plan'): ReturnType<ErasureService['lookUp']> =>
      world.service.lookUp({ closureId: CLOSURE_ID, purpose, account }, signal);
    const erasureOf = (account: Account, round = 1): ServiceErasure => ({
      closureId: CLOSURE_ID,
      target: 'crm',
      round,
      account,
    });
    const erase = (account: Account, round?: number): Promise<ServiceProgress> =>
      world.service.requestErasure(erasureOf(account, round), signal);

    it.each(['plan', 'verify'] as const)('tells what it holds and what has to stay, to %s', async (purpose) => {
      const holdings = await lookUp(world.person, purpose);

      expect(holdings).toHaveLength(3);
      expect(holdings).toEqual(
        expect.arrayContaining([
          { what: 'contact', count: 1 },
          { what: 'ticket', count: 2 },
          { what: 'invoice', count: 1, retained: KEPT },
        ]),
      );
    });

    it('holds nothing of a stranger', async () => {
      await expect(lookUp(world.stranger)).resolves.toEqual([]);
    });

    it('erases what need not stay, and nothing of a bystander', async () => {
      const before = world.dataOf(world.bystander);

      const progress = await erase(world.person);

      expect(progress).toEqual({
        kind: 'done',
        items: expect.arrayContaining([
          { what: 'contact', outcome: 'erased', count: 1 },
          { what: 'ticket', outcome: 'erased', count: 2 },
          { what: 'invoice', outcome: 'retained', count: 1, ...KEPT },
        ]),
      });
      await expect(lookUp(world.person, 'verify')).resolves.toEqual([{ what: 'invoice', count: 1, retained: KEPT }]);
      expect(world.dataOf(world.bystander)).toBe(before);
    });

    it('says of a stranger that there was nothing', async () => {
      const progress = await erase(world.stranger);

      expect(progress.kind).toBe('done');
      expect(progress).not.toHaveProperty('items', expect.arrayContaining([expect.objectContaining({ count: 1 })]));
    });

    it('gives the same answer to the same erasure, and erases nothing that came since', async () => {
      const first = await erase(world.person);
      world.addTicket(world.person);

      await expect(erase(world.person)).resolves.toEqual(first);
      await expect(lookUp(world.person, 'verify')).resolves.toContainEqual({ what: 'ticket', count: 1 });
    });

    it('erases in another round what came since', async () => {
      await erase(world.person);
      world.addTicket(world.person);

      await expect(erase(world.person, 2)).resolves.toHaveProperty(
        'items',
        expect.arrayContaining([
          { what: 'ticket', outcome: 'erased', count: 1 },
          { what: 'contact', outcome: 'absent', count: 0 },
        ]),
      );
    });

    it('is one erasure when it is asked for twice at once', async () => {
      const [one, other] = await Promise.all([erase(world.person), erase(world.person)]);

      expect(other).toEqual(one);
    });

    it('tells where to look while it runs, until it is done', async () => {
      world.slow();
      const begun = await erase(world.person);
      const again = await erase(world.person);

      expect(begun.kind).toBe('running');
      expect(again).toEqual(begun);
      await expect(finished(world.service, begun)).resolves.toContainEqual({
        what: 'ticket',
        outcome: 'erased',
        count: 2,
      });
      await expect(lookUp(world.person, 'verify')).resolves.toEqual([{ what: 'invoice', count: 1, retained: KEPT }]);
    });

    it('says when it knows nothing of an erasure', async () => {
      world.slow();
      const begun = await erase(world.person);
      const elsewhere = locationOf(begun).replace(/[0-9a-f]{12}$/, '0'.repeat(12));

      await expect(world.service.progress(elsewhere, signal)).resolves.toEqual({ kind: 'forgotten' });
    });

    it('asks nothing for a caller who has gone', async () => {
      const reason = new Error('withdrawn');

      const erasure = world.service.requestErasure(erasureOf(world.person), AbortSignal.abort(reason));

      await expect(erasure).rejects.toBe(reason);
      await expect(lookUp(world.person)).resolves.toHaveLength(3);
    });
  });
}

function locationOf(progress: ServiceProgress): string {
  return progress.kind === 'running' ? progress.location : '';
}

async function finished(service: ErasureService, begun: ServiceProgress): Promise<unknown> {
  let progress: Awaited<ReturnType<ErasureService['progress']>> = begun;
  for (let looks = 0; progress.kind === 'running' && looks < 10; looks += 1) {
    progress = await service.progress(progress.location, signal);
  }
  return progress.kind === 'done' ? progress.items : progress;
}
