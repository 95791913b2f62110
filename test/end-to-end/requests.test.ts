import { describe, expect, it } from '@jest/globals';
import { createConfirmationToken } from '../../client';
import type { SamplePerson } from '../../sandbox/entra/people';
import { GRACE } from '../../sandbox/entra/people';
import { freePort } from '../../sandbox/ports';
import { ACCOUNT_CLOSURE } from '../../workflows/contract/names';
import { addSomebody, closeAccount, confirm, request, untilPhase } from '../support/real-parts';
import { realPartsOfThisFile } from '../support/real-parts-of-file';
import { until } from '../support/until';

const parts = realPartsOfThisFile();

/** How many runs there are under this Workflow id, as the server lists them. */
async function runsOf(workflowId: string): Promise<number> {
  const { count } = await parts.service.workflow.count(
    `WorkflowType = "${ACCOUNT_CLOSURE}" AND WorkflowId = "${workflowId}"`,
  );
  return count;
}

describe('One open closure per account', () => {
  it('is kept when twenty requests come at once: one begins it, the others are told whose it is', async () => {
    const { tenantId, objectId } = addSomebody(parts);
    const tokens = Array.from({ length: 20 }, createConfirmationToken);

    const answers = await Promise.all(tokens.map((token) => parts.client.request({ tenantId, objectId, token })));
    const [own, ...others] = answers.toSorted((one, other) => Number(other.started) - Number(one.started));

    expect(own).toMatchObject({ started: true });
    expect(others.map(({ started }) => started)).toEqual(others.map(() => false));
    expect(new Set(answers.map(({ closureId, runId }) => `${closureId} ${runId}`)).size).toBe(1);
    await expect(
      until(
        () => runsOf(own?.workflowId ?? ''),
        (count) => count > 0,
      ),
    ).resolves.toBe(1);
  });

  it('is kept when the same token asks twenty times at once: every answer is the same', async () => {
    const { tenantId, objectId } = addSomebody(parts);
    const token = createConfirmationToken();
    const requests = Array.from({ length: 20 }, () => parts.client.request({ tenantId, objectId, token }));

    const answers = await Promise.all(requests);
    const again = await parts.client.request({ tenantId, objectId, token });

    expect(again).toMatchObject({ started: true, token });
    expect(answers).toEqual(answers.map(() => again));
  });

  it('does not depend on the case in which the ids are written', async () => {
    const { tenantId, objectId } = addSomebody(parts);
    const token = createConfirmationToken();

    const lower = await parts.client.request({ tenantId, objectId, token });
    const upper = await parts.client.request({
      tenantId: tenantId.toUpperCase(),
      objectId: objectId.toUpperCase(),
      token,
    });

    expect(upper).toEqual(lower);
  });
});

describe('A new closure of the same account is begun', () => {
  /** Asks again with another token. Answers whether that began a run of its own, and that the token of before still finds its own. */
  async function askAgain(person: SamplePerson, token: string): Promise<unknown> {
    const { tenantId, objectId } = person;
    const before = await parts.client.request({ tenantId, objectId, token });
    const next = await parts.client.request({ tenantId, objectId, token: createConfirmationToken() });
    const own = await parts.client.request({ tenantId, objectId, token });
    return { started: next.started, isOther: next.runId !== before.runId, isOwnKept: own.runId === before.runId };
  }

  const BEGUN = { started: true, isOther: true, isOwnKept: true };

  it('after it was closed', async () => {
    const closure = await request(parts, addSomebody(parts));
    await expect(closeAccount(parts, closure)).resolves.toMatchObject({ outcome: 'closed' });

    await expect(askAgain(closure.person, closure.token)).resolves.toEqual(BEGUN);
  });

  it('after it was withdrawn', async () => {
    const closure = await request(parts, addSomebody(parts));
    await untilPhase(parts, closure, 'awaitingConfirmation');
    await expect(parts.client.withdraw(closure.workflowId)).resolves.toMatchObject({ outcome: 'withdrawn' });

    await expect(askAgain(closure.person, closure.token)).resolves.toEqual(BEGUN);
  });

  it('after it was rejected', async () => {
    const closure = await request(parts, GRACE);
    const ended = await untilPhase(parts, closure, 'rejected');
    expect(ended).toMatchObject({ outcome: 'rejected', reason: 'managed-tenant' });

    await expect(askAgain(closure.person, closure.token)).resolves.toEqual(BEGUN);
  });

  it('after it was stopped', async () => {
    const person = addSomebody(parts, 'taken-over.example');
    const { faults, world } = parts.entra;
    const run = (): void => {
      world.takeOver(person.tenantId);
    };
    faults.add({ kind: 'before', method: 'PATCH', path: new RegExp(person.objectId), run });
    const closure = await request(parts, person);
    await expect(closeAccount(parts, closure)).resolves.toMatchObject({ outcome: 'stopped', reason: 'managed-tenant' });
    expect(world.isLive(person.objectId)).toBe(true);

    await expect(askAgain(person, closure.token)).resolves.toEqual(BEGUN);
  });

  it('after it expired', async () => {
    const HEALTH_PORT = String(await freePort());
    const settings = { CLOSURE_TASK_QUEUE: 'impatient', CLOSURE_CONFIRMATION_WINDOW: '1s', HEALTH_PORT };
    await parts.startWorker(settings);
    const closure = await request(parts, addSomebody(parts), 'impatient');
    await expect(untilPhase(parts, closure, 'expired')).resolves.toMatchObject({ outcome: 'expired' });

    await expect(askAgain(closure.person, closure.token)).resolves.toEqual(BEGUN);
  });
});

describe('Native cancellation', () => {
  it('means withdraw before the point of no return: nothing is deleted', async () => {
    const closure = await request(parts, addSomebody(parts));
    await untilPhase(parts, closure, 'awaitingConfirmation');

    await parts.service.workflow.getHandle(closure.workflowId).cancel();

    await expect(untilPhase(parts, closure, 'withdrawn')).resolves.toMatchObject({ outcome: 'withdrawn' });
    expect(parts.entra.world.isLive(closure.person.objectId)).toBe(true);
  });

  it('is ignored after it, says so, and the account is closed', async () => {
    const person = addSomebody(parts);
    const where = { method: 'DELETE', path: new RegExp(`/users/${person.objectId}`) };
    parts.entra.faults.add({ ...where, kind: 'status', status: 503, retryAfter: '4' });
    const closure = await request(parts, person);
    await confirm(parts, closure);
    await until(
      () => parts.client.status(closure.workflowId),
      ({ targets }) => targets.some(({ state }) => state === 'fenced'),
    );

    await parts.service.workflow.getHandle(closure.workflowId).cancel();
    const during = await until(
      () => parts.client.status(closure.workflowId),
      ({ cancellationIgnored }) => cancellationIgnored === true,
    );

    expect(during.phase).toBe('erasing');
    const ended = await untilPhase(parts, closure, 'closed');
    expect(ended).toMatchObject({ outcome: 'closed', cancellationIgnored: true });
    expect(parts.entra.world.isPurged(person.objectId)).toBe(true);
  });
});
