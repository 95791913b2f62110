import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObservedClosure } from '../../client';
import {
  addSomebody,
  closeAccount,
  confirm,
  FIRST_START_MS,
  request,
  startRealParts,
  type RealParts,
  type RequestedByTest,
} from '../support/real-parts';
import { startRealSystems, type RealSystems } from '../support/real-systems';
import { countChanges, lasting, reset, untilEnded, workflowTasksOf } from '../support/resets';
import { until } from '../support/until';

const LONG_MS = 5 * 60_000;
/** So many that their deletion lasts longer than it takes until a worker hears that it is cancelled. */
const VISITS = 60_000;

let parts: RealParts;
let systems: RealSystems;

beforeAll(async () => {
  [parts, systems] = await Promise.all([startRealParts(), startRealSystems()]);
  await parts.startWorker(systems.settings);
}, FIRST_START_MS);
afterAll(async () => {
  await parts.close();
  await systems.close();
});

afterEach(() => {
  systems.crm.repair();
  systems.wiki.repair();
});

/** A closure of somebody of whom all systems hold something, in a tenant of their own. */
async function requested(domain?: string, visits?: number): Promise<RequestedByTest> {
  const person = addSomebody(parts, domain);
  await systems.give(person, visits);
  return await request(parts, person);
}

const takeOver = ({ person }: RequestedByTest): void => {
  parts.entra.world.takeOver(person.tenantId);
};
/** At the end of the fence, before any system is erased. */
const whenSessionsAreRevoked = ({ person }: RequestedByTest, run: () => void): void => {
  parts.entra.faults.add({
    kind: 'before',
    method: 'POST',
    path: new RegExp(`${person.objectId}/revokeSignInSessions`),
    run,
  });
};
const erasuresOf = (service: RealSystems['crm'], { closureId }: RequestedByTest): number =>
  service.requests.filter(
    ({ path, headers }) => path.endsWith('/erasures') && String(headers['idempotency-key']).startsWith(closureId),
  ).length;
const untilStatus = (closure: RequestedByTest, isSo: (status: ObservedClosure) => boolean): Promise<ObservedClosure> =>
  until(() => parts.client.status(closure.workflowId), isSo, LONG_MS);
const untilOver = (closure: RequestedByTest): Promise<ObservedClosure> =>
  untilStatus(closure, ({ outcome }) => outcome !== undefined);
const retry = (closure: RequestedByTest, target: string): Promise<unknown> =>
  parts.client.resolve(closure.workflowId, { target, action: 'retry', by: 'operator-1' });
const states = ({ targets }: ObservedClosure): Readonly<Record<string, string>> =>
  Object.fromEntries(targets.map(({ name, state }) => [name, state]));

describe('a takeover', () => {
  it(
    'before the fence refuses the closure, and between fence and systems stops it: no system is touched',
    async () => {
      const [before, behind] = await Promise.all([requested('before.example'), requested('behind.example')]);
      whenSessionsAreRevoked(behind, () => {
        takeOver(behind);
      });
      await untilStatus(before, ({ phase }) => phase === 'awaitingConfirmation');
      takeOver(before);
      await Promise.all([before, behind].map((closure) => confirm(parts, closure)));

      const [refused, stopped] = await Promise.all([before, behind].map(untilOver));

      expect(refused).toMatchObject({ outcome: 'rejected', reason: 'managed-tenant' });
      expect(stopped).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant', stop: { signIn: 'blocked' } });
      for (const closure of [before, behind]) {
        expect(await systems.rowsOf(closure.person)).toBe(3);
        expect([systems.crm, systems.wiki].map((service) => erasuresOf(service, closure))).toEqual([0, 0]);
      }
    },
    LONG_MS,
  );

  it(
    'before the account stops the closure with all systems erased, and the account there',
    async () => {
      const closure = await requested('last.example');
      const { objectId } = closure.person;
      parts.entra.faults.add({
        kind: 'status',
        method: 'DELETE',
        path: new RegExp(`users/${objectId}`),
        status: 400,
        times: Infinity,
      });
      await confirm(parts, closure);
      await untilStatus(closure, ({ attention }) => attention.some(({ target }) => target === 'directory'));
      takeOver(closure);
      await retry(closure, 'directory');

      const stopped = await untilOver(closure);

      expect(stopped).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant' });
      expect(states(stopped)).toEqual({ shop: 'erased', crm: 'erased', wiki: 'erased', directory: 'stopped' });
      expect(stopped).toHaveProperty('stop.done', expect.arrayContaining(['shop:erase', 'crm:erase', 'wiki:erase']));
      expect(await systems.rowsOf(closure.person)).toBe(0);
      expect(parts.entra.world.isLive(objectId)).toBe(true);
    },
    LONG_MS,
  );

  it(
    'while three systems are erased at once ends all of them: each says what it did, and nothing more is deleted',
    async () => {
      const closure = await requested('three.example', VISITS);
      await untilStatus(closure, ({ phase }) => phase === 'awaitingConfirmation');
      systems.crm.slow({ looks: 1_000, ms: LONG_MS });
      whenSessionsAreRevoked(closure, () => {
        systems.wiki.breakDown('refusing');
      });
      await confirm(parts, closure);
      await untilStatus(closure, ({ attention }) => attention.some(({ target }) => target === 'wiki'));
      await until(
        () => systems.batchesOf(closure.closureId),
        (batches) => batches > 0,
      );
      systems.wiki.repair();
      takeOver(closure);
      await retry(closure, 'wiki');

      const stopped = await untilOver(closure);
      const left = await systems.rowsOf(closure.person);

      expect(stopped).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant', stop: { signIn: 'blocked' } });
      expect(states(stopped)).toEqual({ shop: 'planned', crm: 'planned', wiki: 'stopped', directory: 'fenced' });
      expect(stopped).toHaveProperty(
        'stop.notDone',
        expect.arrayContaining(['shop:erase', 'crm:erase', 'wiki:erase', 'directory:erase']),
      );
      const erased = stopped.targets.find(({ name }) => name === 'shop')?.erasedCount ?? 0;
      expect(erased).toBeGreaterThan(0);
      expect(left).toBe(VISITS + 1 - erased);
      expect(left).toBeGreaterThan(1);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await systems.rowsOf(closure.person)).toBe(left);
      expect(erasuresOf(systems.wiki, closure)).toBe(1);
      expect(systems.crm.recordsOf(closure.person)).toHaveLength(1);
    },
    LONG_MS,
  );
});

describe.each([
  ['with its messages applied again', true],
  ['without its messages', false],
])('a closure of several systems that is reset %s', (_how, isReapplied) => {
  it(
    'ends as it had ended, from every Workflow Task, and no batch is done twice',
    async () => {
      const closed = async (): Promise<RequestedByTest> => {
        const closure = await requested();
        expect(await closeAccount(parts, closure)).toMatchObject({ outcome: 'closed' });
        return closure;
      };
      const first = await closed();
      const tasks = await workflowTasksOf(parts, first);
      const all = [first, ...(await Promise.all(tasks.slice(1).map(closed)))];

      const endings = await Promise.all(
        all.map(async (closure, index) => {
          const before = await parts.client.status(closure.workflowId);
          const batches = await systems.batchesOf(closure.closureId);
          const changes = countChanges(parts, closure);
          const own = await workflowTasksOf(parts, closure);
          // What ends at once may share a Workflow Task in one closure and not in another.
          await reset(parts, closure, { to: own[index] ?? own.at(-1), isReapplied });
          const after = await untilEnded(parts, closure, before.runId);
          const more = (await systems.batchesOf(closure.closureId)) - batches;
          return { before: lasting(before), after: lasting(after), changes: changes(), more };
        }),
      );

      expect(tasks.length).toBeGreaterThan(6);
      for (const { before, after, changes, more } of endings) {
        expect(after).toEqual(before);
        expect({ changes, more }).toEqual({ changes: 0, more: 0 });
      }
    },
    LONG_MS,
  );
});
