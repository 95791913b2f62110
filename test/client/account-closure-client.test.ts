import { randomUUID } from 'node:crypto';
import { describe, it, expect } from '@jest/globals';
import { createConfirmationToken, type ListedClosure } from '../../client';
import { isClosureWorkflowId } from '../../workflows/contract/ids';
import { guid } from '../support/guid';
import { askedClosure, serverOfThisFile } from '../support/server-of-file';
import { until } from '../support/until';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';

const server = serverOfThisFile('real');

describe('the client of account closures', () => {
  it('closes an account from request to end', async () => {
    const { status, token } = await askedClosure(server);

    const confirmed = await server.closures.confirm(status.closureId, { token, planDigest: status.planDigest ?? '' });
    const ended = await server.closures.wait(status.workflowId, { phase: 'closed', timeoutMs: 30_000 });

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
    const objectId = guid(randomUUID());
    const requests = Array.from({ length: 20 }, () => ({
      tenantId: TENANT,
      objectId,
      token: createConfirmationToken(),
    }));

    const answers = await Promise.all(requests.map((request) => server.closures.request(request)));

    expect(answers.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(answers.map(({ closureId }) => closureId)).size).toBe(1);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(answers.filter((answer) => 'token' in answer)).toHaveLength(1);
  });

  it('gives the same token the same answer, open or ended, and never a second run', async () => {
    const objectId = guid(randomUUID());
    const request = {
      tenantId: TENANT.toUpperCase(),
      objectId: objectId.toUpperCase(),
      token: createConfirmationToken(),
    };
    const first = await server.closures.request(request);

    const again = await server.closures.request({ ...request, tenantId: TENANT, objectId });
    await server.closures.withdraw(first.workflowId);
    await server.closures.wait(first.workflowId, { timeoutMs: 30_000 });
    const afterwards = await server.closures.request(request);

    expect(first).toMatchObject({ started: true, token: request.token });
    expect(isClosureWorkflowId(first.workflowId)).toBe(true);
    expect(again).toEqual(first);
    expect(afterwards).toEqual(first);
  });

  it('allows a new closure after any outcome, and still knows the earlier one by its token', async () => {
    const objectId = guid(randomUUID());
    const earlier = { tenantId: TENANT, objectId, token: createConfirmationToken() };
    const first = await server.closures.request(earlier);
    await server.closures.withdraw(first.closureId);
    await server.closures.wait(first.closureId, { timeoutMs: 30_000 });

    const second = await server.closures.request({ ...earlier, token: createConfirmationToken() });
    const firstAgain = await server.closures.request(earlier);
    const statusOfFirst = await server.closures.status(first.closureId);

    expect(second).toMatchObject({ started: true, workflowId: first.workflowId });
    expect(second.runId).not.toBe(first.runId);
    expect(firstAgain).toEqual(first);
    expect(statusOfFirst).toMatchObject({ phase: 'withdrawn', runId: first.runId });
  });

  it('starts one run when a rejected request is sent twice at once', async () => {
    const objectId = guid(randomUUID());
    server.standIn.arrange(objectId, { isManaged: true });
    const request = { tenantId: TENANT, objectId, token: createConfirmationToken() };

    const answers = await Promise.all(
      [request, request, request, request].map((each) => server.closures.request(each)),
    );

    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    await expect(server.closures.wait(answers[0]?.workflowId ?? '')).resolves.toMatchObject({
      phase: 'rejected',
      reason: 'managed-tenant',
    });
  });

  it('withdraws again without complaint, and says when a closure has ended otherwise', async () => {
    const { status } = await askedClosure(server);
    const objectId = guid(randomUUID());
    server.standIn.arrange(objectId, { isManaged: true });
    const rejected = await server.closures.request({ tenantId: TENANT, objectId, token: createConfirmationToken() });
    await server.closures.wait(rejected.workflowId);

    const first = await server.closures.withdraw(status.workflowId);
    const again = await server.closures.withdraw(status.workflowId);

    expect(first.phase).toBe('withdrawn');
    expect(again.phase).toBe('withdrawn');
    await expect(server.closures.withdraw(rejected.workflowId)).rejects.toMatchObject({ code: 'closure-has-ended' });
  });

  it('lets a parked step go on, and finds it by what it waits for', async () => {
    const objectId = guid(randomUUID());
    server.standIn.arrange(objectId, { exportFailures: 1 });
    const { workflowId, closureId } = await server.closures.request({
      tenantId: TENANT,
      objectId,
      token: createConfirmationToken(),
    });
    const listed = await eventuallyListed(() => server.closures.list({ needsAttention: true }), closureId);
    await expect(
      server.closures.resolve(workflowId, { target: 'plan', action: 'retry', by: 'operator-7' }),
    ).rejects.toMatchObject({ code: 'nothing-to-resolve' });

    await server.closures.resolve(workflowId, { target: 'export', action: 'retry', by: 'operator-7' });
    const status = await server.closures.wait(workflowId, { phase: 'awaitingConfirmation', timeoutMs: 30_000 });

    expect(listed).toMatchObject({ workflowId, phase: 'exporting', attention: ['export:ExportFailed'] });
    expect(listed.dueBy > listed.receivedAt).toBe(true);
    expect(status.attention).toEqual([]);
  });

  it('shows the attempts in progress', async () => {
    const objectId = guid(randomUUID());
    server.standIn.arrange(objectId, { isExportEndless: true });
    const { workflowId } = await server.closures.request({
      tenantId: TENANT,
      objectId,
      token: createConfirmationToken(),
    });

    const status = await until(
      () => server.closures.status(workflowId),
      ({ activities }) => activities.some(({ lastFault }) => lastFault !== undefined),
    );

    expect(status.activities).toEqual([
      { name: 'awaitExport', attempt: 2, lastFault: 'ExportRunning', nextTryAt: expect.stringMatching(/Z$/) },
    ]);
  });
});

async function eventuallyListed(list: () => AsyncIterable<ListedClosure>, closureId: string): Promise<ListedClosure> {
  const find = async (): Promise<ListedClosure | undefined> => {
    for await (const closure of list()) if (closure.closureId === closureId) return closure;
    return undefined;
  };
  const found = await until(find, (closure) => closure !== undefined);
  if (found === undefined) throw new TypeError('it was found');
  return found;
}
