import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { createConfirmationToken } from '../../client';
import { seedOf } from '../../client/confirmation-token';
import type { Account } from '../../workflows/contract/account';
import { closureWorkflowId } from '../../workflows/contract/ids';
import { publicKeyOf, signConfirmation, type Confirmation } from '../../workflows/contract/confirmation';
import { confirmUpdate, statusQuery } from '../../workflows/contract/messages';
import { ACCOUNT_CLOSURE, DEFAULT_TASK_QUEUE } from '../../workflows/contract/names';
import { guid } from '../support/guid';
import { json, NO_CONFIRMATIONS, payload } from '../support/raw-payloads';
import { addSomebody, closeAccount, confirm, request, untilPhase, type RequestedByTest } from '../support/real-parts';
import { realPartsOfThisFile } from '../support/real-parts-of-file';
import { until } from '../support/until';

const { UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED } =
  temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;

const parts = realPartsOfThisFile();

describe('Signals `confirm` with any payload at all', () => {
  it('change nothing and break nothing: each is counted, and the closure can still be confirmed', async () => {
    const closure = await request(parts, addSomebody(parts));
    const before = await untilPhase(parts, closure, 'awaitingConfirmation');

    for (const [, payloads] of NO_CONFIRMATIONS) await signalRaw(closure, payloads);
    const after = await until(
      () => parts.client.status(closure.workflowId),
      ({ refusedConfirmations }) => refusedConfirmations === NO_CONFIRMATIONS.length,
    );
    const ended = await closeAccount(parts, closure);

    expect({ ...after, activities: [] }).toEqual({ ...before, refusedConfirmations: NO_CONFIRMATIONS.length });
    expect(ended.outcome).toBe('closed');
  });

  it('are counted at any time, also before the plan and after the confirmation', async () => {
    const person = addSomebody(parts);
    const holdPurge = { method: 'DELETE', path: new RegExp(`deletedItems/${person.objectId}`) };
    parts.entra.faults.add({ ...holdPurge, kind: 'status', status: 503, retryAfter: '3' });
    const closure = await request(parts, person);

    await signalRaw(closure, [payload('json/plain', '{bad')]);
    await confirm(parts, closure);
    await signalRaw(closure, [json('yes')]);

    await expect(untilPhase(parts, closure, 'closed')).resolves.toMatchObject({
      outcome: 'closed',
      refusedConfirmations: 2,
    });
  });

  async function signalRaw({ workflowId }: RequestedByTest, payloads: readonly Payload[]): Promise<void> {
    await parts.service.workflowService.signalWorkflowExecution({
      namespace: parts.environment['TEMPORAL_NAMESPACE'] ?? '',
      workflowExecution: { workflowId },
      signalName: 'confirm',
      input: { payloads: [...payloads] },
      requestId: randomUUID(),
    });
  }
});

describe('The Update `confirm`', () => {
  it.each(NO_CONFIRMATIONS.filter(([what]) => !what.includes('signed by nobody')))(
    'is refused as malformed when it carries %s',
    async (_what, payloads) => {
      const closure = await waiting();

      await expect(updateRaw(closure, payloads)).resolves.toBe('malformed-confirmation');
    },
  );

  it('is refused with the reason when it comes too early, from somebody else or for another plan', async () => {
    const person = addSomebody(parts);
    parts.entra.faults.add({ path: new RegExp(person.objectId), kind: 'status', status: 503, retryAfter: '3' });
    const closure = await request(parts, person);
    const anyDigest = 'ab'.repeat(32);

    expect(await refusalOf(closure, signed(closure, anyDigest))).toBe('not-awaiting-confirmation');
    const { planDigest = '' } = await untilPhase(parts, closure, 'awaitingConfirmation');
    const stranger = { ...closure, token: createConfirmationToken() };
    expect(await refusalOf(closure, signed(stranger, planDigest))).toBe('wrong-token');
    expect(await refusalOf(closure, signed(closure, anyDigest))).toBe('stale-plan');

    await expect(parts.client.status(closure.workflowId)).resolves.toMatchObject({ phase: 'awaitingConfirmation' });
  });

  it('succeeds again when the accepted one is repeated, and any other is refused', async () => {
    const person = addSomebody(parts);
    parts.entra.faults.add({
      method: 'PATCH',
      path: new RegExp(person.objectId),
      kind: 'status',
      status: 503,
      retryAfter: '5',
    });
    const closure = await request(parts, person);
    const { planDigest = '' } = await confirm(parts, closure);
    const handle = parts.service.workflow.getHandle(closure.workflowId);

    // Under a new Update id: not the server but the closure recognises it.
    const again = await handle.executeUpdate(confirmUpdate, { args: [signed(closure, planDigest)] });
    const other = await refusalOf(closure, signed(closure, 'cd'.repeat(32)));

    expect(again).toMatchObject({ confirmation: signed(closure, planDigest) });
    expect(other).toBe('not-awaiting-confirmation');
    await expect(untilPhase(parts, closure, 'closed')).resolves.toMatchObject({ outcome: 'closed' });
  });

  let shared: Promise<RequestedByTest> | undefined;

  /** One closure for all refusals: none of them changes anything. */
  async function waiting(): Promise<RequestedByTest> {
    shared ??= request(parts, addSomebody(parts));
    const closure = await shared;
    await untilPhase(parts, closure, 'awaitingConfirmation');
    return closure;
  }

  async function updateRaw({ workflowId }: RequestedByTest, payloads: readonly Payload[]): Promise<string | undefined> {
    const { outcome } = await parts.service.workflowService.updateWorkflowExecution({
      namespace: parts.environment['TEMPORAL_NAMESPACE'] ?? '',
      workflowExecution: { workflowId },
      waitPolicy: { lifecycleStage: UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
      request: { meta: { updateId: randomUUID() }, input: { name: 'confirm', args: { payloads: [...payloads] } } },
    });
    return outcome?.failure?.applicationFailureInfo?.type ?? undefined;
  }

  async function refusalOf({ workflowId }: RequestedByTest, confirmation: Confirmation): Promise<unknown> {
    const handle = parts.service.workflow.getHandle(workflowId);
    return handle.executeUpdate(confirmUpdate, { args: [confirmation] }).then(
      () => 'accepted',
      (error: unknown) => typeOfCause(error instanceof WorkflowUpdateFailedError ? error.cause : error),
    );
  }
});

describe('A start with', () => {
  const publicKey = publicKeyOf(seedOf(createConfirmationToken()));
  const account: Account = { tenantId: guid(randomUUID()), objectId: guid(randomUUID()) };
  const another: Account = { tenantId: account.tenantId, objectId: guid(randomUUID()) };

  it.each<readonly [what: string, payloads: readonly Payload[]]>([
    ['nothing at all', []],
    ['null', [json(null)]],
    ['bytes that cannot be decoded', [payload('json/plain', '{bad')]],
    ['an unknown encoding', [payload('binary/of-another-world', 'x')]],
    ['the request for another account', [json({ account: another, publicKey })]],
    ['ids in capitals', [json({ account: { ...account, tenantId: account.tenantId.toUpperCase() }, publicKey })]],
    ['no public key', [json({ account })]],
    ['a public key that is none', [json({ account, publicKey: 'A'.repeat(44) })]],
  ])('%s fails the run as an invalid request', async (_what, payloads) => {
    const workflowId = closureWorkflowId(account);
    const { runId } = await parts.service.workflowService.startWorkflowExecution({
      namespace: parts.environment['TEMPORAL_NAMESPACE'] ?? '',
      workflowId,
      requestId: randomUUID(),
      workflowType: { name: ACCOUNT_CLOSURE },
      taskQueue: { name: DEFAULT_TASK_QUEUE },
      input: { payloads: [...payloads] },
    });
    const fault: unknown = await parts.service.workflow
      .getHandle(workflowId, runId)
      .result()
      .catch((error: unknown) => (error instanceof WorkflowFailedError ? error.cause : error));

    expect(typeOfCause(fault)).toBe('InvalidRequest');
  });
});

describe('An Activity result that cannot be decoded', () => {
  it('parks the step, and the operator’s retry brings the closure to its end', async () => {
    const person = addSomebody(parts);
    const where = { method: 'POST', path: new RegExp(`${person.objectId}/exportPersonalData`) };
    parts.entra.faults.add({ ...where, kind: 'hang', ms: 20_000 });
    const closure = await request(parts, person);
    const handle = parts.service.workflow.getHandle(closure.workflowId);
    const activityId = await until(
      async () => pendingActivity(await handle.describe()),
      (id) => id !== '',
    );

    await parts.service.workflowService.respondActivityTaskCompletedById({
      namespace: parts.environment['TEMPORAL_NAMESPACE'] ?? '',
      workflowId: closure.workflowId,
      activityId,
      result: { payloads: [payload('json/plain', '{bad')] },
    });
    const parked = await until(
      () => handle.query(statusQuery),
      ({ attention }) => attention.length > 0,
    );
    parts.entra.faults.clear();
    await parts.client.resolve(closure.workflowId, { target: 'export', action: 'retry', by: 'operator-1' });

    expect(parked.attention).toMatchObject([{ target: 'export', fault: 'UndecodablePayload' }]);
    await expect(closeAccount(parts, closure)).resolves.toMatchObject({ outcome: 'closed' });
  });

  function pendingActivity({ raw }: { readonly raw: { pendingActivities?: PendingActivity[] | null } }): string {
    const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'requestExport');
    return pending?.activityId ?? '';
  }
});

interface PendingActivity {
  readonly activityType?: { readonly name?: string | null } | null;
  readonly activityId?: string | null;
}

/** The closure's yes to the plan, made with its token. */
function signed({ token, closureId }: RequestedByTest, planDigest: string): Confirmation {
  return signConfirmation(seedOf(token), guid(closureId), planDigest);
}

function typeOfCause(cause: unknown): unknown {
  return cause instanceof ApplicationFailure ? cause.type : cause;
}
