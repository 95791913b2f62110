import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals';
import { AccountClosureClient, connectTemporal, createConfirmationToken } from '../../client';
import type { ListedClosure, ObservedClosure } from '../../client';
import type { Guid } from '../../workflows/contract/account';
import { isClosureWorkflowId, toGuid } from '../../workflows/contract/ids';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { FIRST_START_MS, startClosureServer, type ClosureServer } from '../support/closure-server';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';

describe('the client of account closures', () => {
  let server: ClosureServer;
  let closures: AccountClosureClient;

  beforeAll(async () => {
    server = await startClosureServer();
    closures = AccountClosureClient.connect({ env: server.env });
  }, FIRST_START_MS);

  afterAll(async () => {
    await closures.close();
    await server.close();
  });

  /** A closure that has been asked for, up to the question to the person. */
  async function awaitingConfirmation(): Promise<{ status: ObservedClosure; token: string; objectId: Guid }> {
    const objectId = newGuid();
    const token = createConfirmationToken();
    const { workflowId } = await closures.request({ tenantId: TENANT, objectId, token });
    const status = await closures.wait(workflowId, { phase: 'awaitingConfirmation', timeoutMs: 30_000 });
    return { status, token, objectId };
  }

  it('closes an account from request to end', async () => {
    const { status, token } = await awaitingConfirmation();

    const confirmed = await closures.confirm(status.closureId, { token, planDigest: status.planDigest ?? '' });
    const ended = await closures.wait(status.workflowId, { phase: 'closed', timeoutMs: 30_000 });

    expect(confirmed.confirmation?.planDigest).toBe(status.planDigest);
    expect(ended).toMatchObject({
      phase: 'closed',
      outcome: 'closed',
      closureId: status.closureId,
      targets: [{ name: 'directory', state: 'verified', erasedCount: 1 }],
      activities: [],
    });
  });

  it('starts one run for twenty requests at once, and tells each whose it is', async () => {
    const objectId = newGuid();
    const requests = Array.from({ length: 20 }, () => ({
      tenantId: TENANT,
      objectId,
      token: createConfirmationToken(),
    }));

    const answers = await Promise.all(requests.map((request) => closures.request(request)));

    expect(answers.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(answers.map(({ closureId }) => closureId)).size).toBe(1);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(answers.filter((answer) => 'token' in answer)).toHaveLength(1);
  });

  it('gives the same token the same answer, open or ended, and never a second run', async () => {
    const objectId = newGuid();
    const request = {
      tenantId: TENANT.toUpperCase(),
      objectId: objectId.toUpperCase(),
      token: createConfirmationToken(),
    };
    const first = await closures.request(request);

    const again = await closures.request({ ...request, tenantId: TENANT, objectId });
    await closures.withdraw(first.workflowId);
    await closures.wait(first.workflowId, { timeoutMs: 30_000 });
    const afterwards = await closures.request(request);

    expect(first).toMatchObject({ started: true, token: request.token });
    expect(isClosureWorkflowId(first.workflowId)).toBe(true);
    expect(again).toEqual(first);
    expect(afterwards).toEqual(first);
  });

  it('allows a new closure after any outcome, and still knows the earlier one by its token', async () => {
    const objectId = newGuid();
    const earlier = { tenantId: TENANT, objectId, token: createConfirmationToken() };
    const first = await closures.request(earlier);
    await closures.withdraw(first.closureId);
    await closures.wait(first.closureId, { timeoutMs: 30_000 });

    const second = await closures.request({ ...earlier, token: createConfirmationToken() });
    const firstAgain = await closures.request(earlier);
    const statusOfFirst = await closures.status(first.closureId);

    expect(second).toMatchObject({ started: true, workflowId: first.workflowId });
    expect(second.runId).not.toBe(first.runId);
    expect(firstAgain).toEqual(first);
    expect(statusOfFirst).toMatchObject({ phase: 'withdrawn', runId: first.runId });
  });

  it('starts one run when a rejected request is sent twice at once', async () => {
    const objectId = newGuid();
    server.standIn.arrange(objectId, { isManaged: true });
    const request = { tenantId: TENANT, objectId, token: createConfirmationToken() };

    const answers = await Promise.all([request, request, request, request].map((each) => closures.request(each)));

    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    await expect(closures.wait(answers[0]?.workflowId ?? '')).resolves.toMatchObject({
      phase: 'rejected',
      reason: 'managed-tenant',
    });
  });

  it('refuses ids that are no GUIDs, and tokens that are none, before anything is sent', async () => {
    const token = createConfirmationToken();

    await expect(closures.request({ tenantId: 'contoso', objectId: newGuid(), token })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'tenantId',
    });
    await expect(closures.request({ tenantId: TENANT, objectId: '1', token })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'objectId',
    });
    await expect(closures.request({ tenantId: TENANT, objectId: newGuid(), token: 'short' })).rejects.toMatchObject({
      code: 'invalid-token',
    });
    await expect(closures.status('order-17')).rejects.toMatchObject({ code: 'invalid-argument', field: 'id' });
  });

  it('says that there is no such closure', async () => {
    await expect(closures.status(newGuid())).rejects.toMatchObject({ code: 'no-such-closure' });
    await expect(closures.status(`closure-${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'no-such-closure' });
  });

  it('refuses a confirmation with a code that says why', async () => {
    const { status, token } = await awaitingConfirmation();
    const planDigest = status.planDigest ?? '';

    await expect(
      closures.confirm(status.closureId, { token: createConfirmationToken(), planDigest }),
    ).rejects.toMatchObject({ code: 'wrong-token' });
    await expect(closures.confirm(status.closureId, { token, planDigest: 'cd'.repeat(32) })).rejects.toMatchObject({
      code: 'stale-plan',
    });
    await closures.withdraw(status.closureId);
    await expect(closures.confirm(status.workflowId, { token, planDigest })).rejects.toMatchObject({
      code: 'not-awaiting-confirmation',
    });
  });

  it('withdraws again without complaint, and says when a closure has ended otherwise', async () => {
    const { status } = await awaitingConfirmation();
    const objectId = newGuid();
    server.standIn.arrange(objectId, { isManaged: true });
    const rejected = await closures.request({ tenantId: TENANT, objectId, token: createConfirmationToken() });
    await closures.wait(rejected.workflowId);

    const first = await closures.withdraw(status.workflowId);
    const again = await closures.withdraw(status.workflowId);

    expect(first.phase).toBe('withdrawn');
    expect(again.phase).toBe('withdrawn');
    await expect(closures.withdraw(rejected.workflowId)).rejects.toMatchObject({ code: 'closure-has-ended' });
  });

  it('lets a parked step go on, and finds it by what it waits for', async () => {
    const objectId = newGuid();
    server.standIn.arrange(objectId, { exportFailures: 1 });
    const { workflowId, closureId } = await closures.request({
      tenantId: TENANT,
      objectId,
      token: createConfirmationToken(),
    });
    const listed = await eventuallyListed(() => closures.list({ needsAttention: true }), closureId);
    await expect(
      closures.resolve(workflowId, { target: 'plan', action: 'retry', by: 'operator-7' }),
    ).rejects.toMatchObject({ code: 'nothing-to-resolve' });

    await closures.resolve(workflowId, { target: 'export', action: 'retry', by: 'operator-7' });
    const status = await closures.wait(workflowId, { phase: 'awaitingConfirmation', timeoutMs: 30_000 });

    expect(listed).toMatchObject({ workflowId, phase: 'exporting', attention: ['export:ExportFailed'] });
    expect(listed.dueBy > listed.receivedAt).toBe(true);
    expect(status.attention).toEqual([]);
  });

  it('shows the attempts in progress', async () => {
    const objectId = newGuid();
    server.standIn.arrange(objectId, { isExportEndless: true });
    const { workflowId } = await closures.request({ tenantId: TENANT, objectId, token: createConfirmationToken() });

    const status = await eventually(
      () => closures.status(workflowId),
      ({ activities }) => activities.some(({ lastFault }) => lastFault !== undefined),
    );

    expect(status.activities).toEqual([
      { name: 'awaitExport', attempt: 2, lastFault: 'ExportRunning', nextTryAt: expect.stringMatching(/Z$/) },
    ]);
  });

  it('waits for one outcome, and says when it was another', async () => {
    const { status } = await awaitingConfirmation();

    await expect(closures.wait(status.workflowId, { phase: 'closed', timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await closures.withdraw(status.workflowId);
    await expect(closures.wait(status.workflowId, { phase: 'closed' })).rejects.toMatchObject({
      code: 'other-outcome',
      status: { phase: 'withdrawn' },
    });
  });

  it('says what to do about a closure that somebody terminated', async () => {
    const { status } = await awaitingConfirmation();
    const temporal = connectTemporal({ env: server.env });
    await temporal.workflow.getHandle(status.workflowId).terminate();
    await temporal.connection.close();

    await expect(closures.status(status.workflowId)).rejects.toMatchObject({
      code: 'closure-terminated',
      lastKnown: { phase: 'awaitingConfirmation' },
    });
  });

  it('knows the phase of a closure that no worker answers for', async () => {
    const elsewhere = AccountClosureClient.connect({ env: server.env, taskQueue: 'nobody-polls-here' });
    const { workflowId } = await elsewhere.request({
      tenantId: TENANT,
      objectId: newGuid(),
      token: createConfirmationToken(),
    });

    await expect(elsewhere.status(workflowId)).rejects.toMatchObject({
      code: 'unavailable',
      lastKnown: { workflowId, phase: 'checking', attention: [] },
    });
    await elsewhere.close();
  });

  it('finds the search attributes registered already', async () => {
    const { added, present, refused } = await closures.registerSearchAttributes();

    expect(added).toEqual([]);
    expect(refused).toEqual([]);
    expect(present).toEqual(Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name));
  });

  it('says that the server is unavailable when there is none', async () => {
    const nowhere = AccountClosureClient.connect({ address: '127.0.0.1:1' });

    await expect(nowhere.status(`closure-${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: expect.stringMatching(/^(unavailable|timed-out)$/),
    });
    await nowhere.close();
  });
});

function newGuid(): Guid {
  const guid = toGuid(randomUUID());
  if (guid === undefined) throw new TypeError('a random UUID is a GUID');
  return guid;
}

async function eventually<T>(read: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (isThere(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function eventuallyListed(list: () => AsyncIterable<ListedClosure>, closureId: string): Promise<ListedClosure> {
  const find = async (): Promise<ListedClosure | undefined> => {
    for await (const closure of list()) if (closure.closureId === closureId) return closure;
    return undefined;
  };
  const found = await eventually(find, (closure) => closure !== undefined);
  if (found === undefined) throw new TypeError('it was found');
  return found;
}
