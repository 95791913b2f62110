import { describe, expect, it } from '@jest/globals';
import { addSomebody, closeAccount, confirm, request, type RequestedByTest } from '../support/real-parts';
import { realPartsOfThisFile } from '../support/real-parts-of-file';
import { countChanges, lasting, reset, untilEnded, workflowTasksOf } from '../support/resets';
import { until } from '../support/until';

const LONG_MS = 5 * 60_000;

const parts = realPartsOfThisFile();

describe.each([
  ['with its messages applied again', true],
  ['without its messages', false],
])('a closed closure that is reset %s', (_how, isReapplied) => {
  it(
    'ends as it had ended, from every Workflow Task that it can be reset to',
    async () => {
      const first = await closedClosure();
      const tasks = await workflowTasksOf(parts, first);
      const others = await Promise.all(tasks.slice(1).map(() => closedClosure()));

      const endings = await Promise.all(
        [first, ...others].map(async (closure, index) => {
          const before = await parts.client.status(closure.workflowId);
          const changes = countChanges(parts, closure);
          await reset(parts, closure, { to: (await workflowTasksOf(parts, closure))[index], isReapplied });
          const after = await untilEnded(parts, closure, before.runId);
          return { before: lasting(before), after: lasting(after), changes: changes() };
        }),
      );

      expect(tasks.length).toBeGreaterThan(6);
      for (const { before, after, changes } of endings) {
        expect(after).toEqual(before);
        expect(changes).toBe(0);
      }
    },
    LONG_MS,
  );
});

describe('a closed closure that is reset twice', () => {
  it(
    'ends as it had ended, also when the second reset goes back behind the first one',
    async () => {
      const closure = await closedClosure();
      const before = await parts.client.status(closure.workflowId);
      const changes = countChanges(parts, closure);

      const yes = (await workflowTasksOf(parts, closure))[4];
      await reset(parts, closure, { to: yes, isReapplied: false });
      const once = await untilEnded(parts, closure, before.runId);
      await reset(parts, closure, { to: (await workflowTasksOf(parts, closure)).at(-1), isReapplied: false });
      const twice = await untilEnded(parts, closure, once.runId);
      await reset(parts, closure, { to: yes, isReapplied: false });
      const thrice = await untilEnded(parts, closure, twice.runId);

      expect([once, twice, thrice].map(lasting)).toEqual([before, before, before].map(lasting));
      expect(changes()).toBe(0);
    },
    LONG_MS,
  );
});

describe('a closure that was terminated while its fence was being tried', () => {
  it(
    'is closed after a reset to its last Workflow Task, although sign-in is blocked already: by us',
    async () => {
      const person = addSomebody(parts);
      const revocation = { method: 'POST', path: new RegExp(`${person.objectId}/revokeSignInSessions`) };
      parts.entra.faults.add({ ...revocation, kind: 'status', status: 503, retryAfter: '1', times: 3 });
      const closure = await request(parts, person);
      const { runId } = await confirm(parts, closure);
      await until(
        () => parts.entra.world.findUser(person.objectId)?.isEnabled,
        (isEnabled) => isEnabled === false,
      );
      const tasks = await workflowTasksOf(parts, closure);
      await parts.service.workflow.getHandle(closure.workflowId).terminate('a mistake');

      await reset(parts, closure, { to: tasks.at(-1), isReapplied: true });
      const ended = await untilEnded(parts, closure, runId);

      expect(ended).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1 }] });
    },
    LONG_MS,
  );
});

async function closedClosure(): Promise<RequestedByTest> {
  const closure = await request(parts, addSomebody(parts));
  const ended = await closeAccount(parts, closure);
  if (ended.outcome !== 'closed') throw new Error(`The closure ended as ${ended.phase}.`);
  return closure;
}
