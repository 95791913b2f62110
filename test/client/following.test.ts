import { randomUUID } from 'node:crypto';
import { describe, it, expect } from '@jest/globals';
import { AccountClosureClient, createConfirmationToken, workflowIdOf, type ListedClosure } from '../../client';
import { tenantKeyOf } from '../../workflows/contract/ids';
import { ACCOUNT_CLOSURE, DEFAULT_TASK_QUEUE, FORGET_CLOSURE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { guid } from '../support/guid';
import { serverOfThisFile } from '../support/server-of-file';
import { until } from '../support/until';

const server = serverOfThisFile('scripted');

describe('closures over resets, in lists and without anybody who answers', () => {
  async function listed(...filter: Parameters<AccountClosureClient['list']>): Promise<readonly ListedClosure[]> {
    const all: ListedClosure[] = [];
    for await (const closure of server.closures.list(...filter)) all.push(closure);
    return all;
  }

  /** To its first Workflow Task; a run that still goes on is terminated by that. */
  async function reset(workflowId: string, runId: string): Promise<string> {
    const { events = [] } = await server.service.workflow.getHandle(workflowId, runId).fetchHistory();
    const taken = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
    const answer = await server.service.workflowService.resetWorkflowExecution({
      namespace: server.service.options.namespace,
      workflowExecution: { workflowId, runId },
      reason: 'repaired',
      requestId: randomUUID(),
      ...(taken?.eventId ? { workflowTaskFinishEventId: taken.eventId } : {}),
    });
    return answer.runId;
  }

  it('follows a closure over its reset', async () => {
    const tenantId = randomUUID();
    const { workflowId, closureId, runId } = await server.begin(undefined, tenantId);
    const waiting = server.closures.wait(workflowId, { phase: 'exporting', timeoutMs: 30_000 });
    await server.closures.status(closureId);
    const newRunId = await reset(workflowId, runId);

    await server.cue(workflowId, { changes: { phase: 'exporting' } });

    await expect(waiting).resolves.toMatchObject({ runId: newRunId, phase: 'exporting' });
    const list = await until(
      () => listed({ tenantId }),
      ([closure]) => closure?.runId === newRunId,
    );
    expect(list).toMatchObject([{ closureId, runId: newRunId, state: 'open' }]);
  });

  it('calls a closure terminated until it is reset', async () => {
    const { workflowId, closureId, runId } = await server.begin();
    await server.closures.status(workflowId);
    await server.service.workflow.getHandle(workflowId).terminate();

    await expect(server.closures.status(closureId)).rejects.toMatchObject({
      code: 'closure-terminated',
      lastKnown: { state: 'terminated', runId },
    });
    const newRunId = await reset(workflowId, runId);
    await expect(server.closures.status(closureId)).resolves.toMatchObject({ runId: newRunId, phase: 'checking' });
  });

  it('lists what was terminated as that, and rings the alarm for what goes on only', async () => {
    const tenantId = randomUUID();
    const attention = { published: { phase: 'erasing', attention: ['directory:AccessDenied'] } };
    const [open, terminated] = [await server.begin(attention, tenantId), await server.begin(attention, tenantId)];
    await until(
      () => listed({ tenantId, needsAttention: true }),
      (all) => all.length === 2,
    );

    await server.service.workflow.getHandle(terminated.workflowId).terminate();
    const all = await until(
      () => listed({ tenantId }),
      (list) => list.some(({ state }) => state === 'terminated'),
    );

    expect(all).toMatchObject([
      { closureId: terminated.closureId, state: 'terminated', phase: 'erasing', attention: [] },
      { closureId: open.closureId, state: 'open', attention: ['directory:AccessDenied'] },
    ]);
    await expect(listed({ tenantId, needsAttention: true })).resolves.toMatchObject([{ closureId: open.closureId }]);
    await expect(listed({ tenantId, isOpen: true })).resolves.toMatchObject([{ closureId: open.closureId }]);
  });

  it('rings the alarm for a follow-up that cannot clear up, too', async () => {
    const closureId = randomUUID();
    const workflowId = `forget-${closureId}`;
    await server.service.workflow.start(FORGET_CLOSURE, { workflowId, taskQueue: DEFAULT_TASK_QUEUE, args: [] });

    const alarms = await until(
      () => listed({ needsAttention: true }),
      (all) => all.some(({ kind }) => kind === 'forgetting'),
    );

    expect(alarms).toContainEqual(
      expect.objectContaining({ kind: 'forgetting', workflowId, closureId, attention: ['forgetting:Unavailable'] }),
    );
    await server.service.workflow.getHandle(workflowId).terminate();
  });

  it('lists the latest first, whatever has ended, and no more than are asked for', async () => {
    const tenantId = randomUUID();
    const first = await server.begin(undefined, tenantId);
    const second = await server.begin(undefined, tenantId);
    const third = await server.begin(undefined, tenantId);
    await server.cue(second.workflowId, { changes: { phase: 'expired', outcome: 'expired' }, isOver: true });
    await until(
      () => listed({ tenantId }),
      (all) => all.length === 3 && all.some(({ state }) => state === 'ended'),
    );

    const all = await listed({ tenantId: tenantId.toUpperCase() });
    const two = await listed({ tenantId, limit: 2 });

    expect(all.map(({ closureId }) => closureId)).toEqual([third, second, first].map(({ closureId }) => closureId));
    expect(two).toEqual(all.slice(0, 2));
    await expect(listed({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-argument', field: 'limit' });
    await expect(listed({ tenantId: 'contoso' })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'tenantId',
    });
  });

  it('lists what is overdue', async () => {
    const tenantId = guid(randomUUID());
    await server.begin(undefined, tenantId);
    const workflowId = workflowIdOf({ tenantId, objectId: randomUUID() });
    await server.service.workflow.start(ACCOUNT_CLOSURE, {
      workflowId,
      taskQueue: DEFAULT_TASK_QUEUE,
      args: [{ publicKey: '' }],
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.tenant, value: tenantKeyOf(tenantId) },
        { key: SEARCH_ATTRIBUTES.dueBy, value: new Date('2026-01-31T23:59:59.999Z') },
      ],
    });
    await until(
      () => listed({ tenantId }),
      (all) => all.length === 2,
    );

    await expect(listed({ tenantId, isOverdue: true })).resolves.toMatchObject([
      { workflowId, phase: 'unknown', dueBy: '2026-01-31T23:59:59.999Z' },
    ]);
  });

  it('knows without a worker what the server knows', async () => {
    const elsewhere = AccountClosureClient.connect({ env: server.env, taskQueue: 'nobody-polls-here' });
    const token = createConfirmationToken();
    const { workflowId, closureId } = await elsewhere.request({
      tenantId: randomUUID(),
      objectId: randomUUID(),
      token,
    });

    await expect(elsewhere.status(workflowId, { timeoutMs: 3_000 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('No worker has answered'),
      lastKnown: {
        workflowId,
        closureId,
        state: 'open',
        phase: 'checking',
        attention: [],
        activities: [],
        receivedAt: expect.stringMatching(/Z$/),
        dueBy: expect.stringMatching(/Z$/),
      },
    });
    await expect(elsewhere.wait(workflowId, { timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('could not be seen'),
    });
    await elsewhere.close();
  });
});

describe('a Temporal server that is not there', () => {
  it.each(['127.0.0.1:1', 'nowhere.invalid:7233'])('is unavailable at once, with its address: %s', async (address) => {
    const nowhere = AccountClosureClient.connect({ env: {}, address });
    const begunAt = Date.now();

    const reading = nowhere.status(randomUUID());
    const token = createConfirmationToken();
    const changing = nowhere.request({ tenantId: randomUUID(), objectId: randomUUID(), token });

    await expect(reading).rejects.toMatchObject({
      code: 'unavailable',
      message: `The Temporal server at ${address} (TEMPORAL_ADDRESS) does not answer now. It is safe to repeat.`,
    });
    await expect(changing).rejects.toMatchObject({ code: 'unavailable' });
    expect(Date.now() - begunAt).toBeLessThan(5_000);
    await nowhere.close();
  });

  it('is waited for as long as the caller wants, and no longer', async () => {
    const nowhere = AccountClosureClient.connect({ env: {}, address: '127.0.0.1:1' });
    const begunAt = Date.now();

    await expect(nowhere.wait(randomUUID(), { timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('could not be seen: The Temporal server at 127.0.0.1:1'),
    });
    expect(Date.now() - begunAt).toBeGreaterThanOrEqual(1_400);
    expect(Date.now() - begunAt).toBeLessThan(6_000);
    await nowhere.close();
  });

  it('is told from settings that are wrong', () => {
    expect(() => AccountClosureClient.connect({ env: { TEMPORAL_PROFILE: 'no-such-profile' } })).toThrow(
      expect.objectContaining({ name: 'AccountClosureError', code: 'invalid-configuration' }),
    );
  });
});
