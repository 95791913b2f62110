import { randomUUID } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519';
import { describe, it, expect } from '@jest/globals';
import { AccountClosureClient, createConfirmationToken, workflowIdOf } from '../../client';
import { base64urlToBytes } from '../../workflows/contract/base64url';
import { parseConfirmationToken, publicKeyOf } from '../../workflows/contract/confirmation';
import { ACCOUNT_CLOSURE, DEFAULT_TASK_QUEUE } from '../../workflows/contract/names';
import { PLAN_DIGEST, statusWith } from '../support/observed-closures';
import { receivedQuery } from '../support/scripted-closures';
import { serverOfThisFile } from '../support/server-of-file';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';
const SINCE = '2026-02-01T00:00:00.000Z';

const server = serverOfThisFile('scripted');

describe('a client with a closure that does what it is told', () => {
  const received = (workflowId: string) => server.service.workflow.getHandle(workflowId).query(receivedQuery);

  /** As the Web UI would: no memo, no search attributes. */
  async function begunByHand(): Promise<{ readonly workflowId: string; readonly objectId: string }> {
    const objectId = randomUUID();
    const workflowId = workflowIdOf({ tenantId: TENANT, objectId });
    const publicKey = publicKeyOf(parseConfirmationToken(createConfirmationToken()) ?? new Uint8Array(32));
    await server.service.workflow.start(ACCOUNT_CLOSURE, {
      workflowId,
      taskQueue: DEFAULT_TASK_QUEUE,
      args: [{ account: { tenantId: TENANT, objectId }, publicKey }],
    });
    return { workflowId, objectId };
  }

  it('finds out whose a run is that was started by hand, by asking it', async () => {
    const { workflowId, objectId } = await begunByHand();

    const status = await server.closures.status(workflowId);
    const other = await server.closures.request({ tenantId: TENANT, objectId, token: createConfirmationToken() });
    const withdrawn = await server.closures.withdraw(workflowId);

    expect(status.phase).toBe('checking');
    expect(other).toMatchObject({ started: false, workflowId, closureId: status.closureId });
    expect(withdrawn.closureId).toBe(status.closureId);
  });

  it('says why when nobody can tell whose a run is that was started by hand', async () => {
    const objectId = randomUUID();
    const workflowId = workflowIdOf({ tenantId: TENANT, objectId });
    await server.service.workflow.start(ACCOUNT_CLOSURE, { workflowId, taskQueue: 'nobody-polls-here', args: [{}] });

    await expect(server.closures.status(workflowId, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'unavailable',
      lastKnown: { workflowId, state: 'open' },
    });
  });

  it('waits out a closure of which the outcome is known, and then begins the next', async () => {
    const first = await server.begin({
      changes: { phase: 'withdrawn', outcome: 'withdrawn' },
      published: { phase: 'withdrawn' },
    });
    await server.closures.wait(first.workflowId, { phase: 'withdrawn' });

    const next = server.closures.request({
      tenantId: first.tenantId,
      objectId: first.objectId,
      token: createConfirmationToken(),
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.cue(first.workflowId, { isOver: true });

    await expect(next).resolves.toMatchObject({ started: true, workflowId: first.workflowId });
  });

  it('tells of its own closure at once, though it is about to end', async () => {
    const { tenantId, objectId, token, runId, workflowId } = await server.begin({ published: { phase: 'expired' } });
    await server.closures.status(workflowId);

    await expect(server.closures.request({ tenantId, objectId, token })).resolves.toMatchObject({
      started: true,
      runId,
    });
  });

  it('answers a confirmation with the phase after the yes', async () => {
    const { workflowId, token, closureId } = await server.begin({ changes: awaiting() });
    const confirmation = { planDigest: PLAN_DIGEST, signature: 'A'.repeat(86) };
    const changes = { phase: 'erasing', confirmation, confirmedAt: SINCE } as const;
    await server.cue(workflowId, { reaction: { kind: 'become', changes, afterMs: 300 } });

    const confirmed = await server.closures.confirm(closureId, { token, planDigest: PLAN_DIGEST });

    expect(confirmed.phase).toBe('erasing');
  });

  it.each(['wrong-token', 'stale-plan', 'window-over', 'not-awaiting-confirmation'] as const)(
    'passes on the refusal %s, whether it came before or after the message was accepted',
    async (type) => {
      const { workflowId, token } = await server.begin({ changes: awaiting(), reaction: { kind: 'refuse', type } });
      const confirm = () => server.closures.confirm(workflowId, { token, planDigest: PLAN_DIGEST });

      await expect(confirm()).rejects.toMatchObject({ code: type });
      await server.cue(workflowId, { reaction: { kind: 'fail', type } });
      await expect(confirm()).rejects.toMatchObject({ code: type });
    },
  );

  it('is told that a closure which expired meanwhile has ended, not that it was withdrawn', async () => {
    const changes = { phase: 'expired', outcome: 'expired' } as const;
    const { workflowId } = await server.begin({ reaction: { kind: 'become', changes } });

    await expect(server.closures.withdraw(workflowId)).rejects.toMatchObject({
      code: 'closure-has-ended',
      status: { phase: 'expired' },
    });
  });

  it('is not told that a withdrawal has failed when the closure is withdrawn all the same', async () => {
    const { workflowId } = await server.begin({ reaction: { kind: 'fail', type: 'SomethingElse' } });

    const withdrawing = server.closures.withdraw(workflowId);
    await server.cue(workflowId, { changes: { phase: 'withdrawn', outcome: 'withdrawn' } });

    await expect(withdrawing).resolves.toMatchObject({ phase: 'withdrawn' });
  });

  it('is told to try again when the closure could not do it now', async () => {
    const { workflowId } = await server.begin({ reaction: { kind: 'fail', type: 'AuditLogUnavailable' } });

    await expect(server.closures.withdraw(workflowId)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('resolves with the time of the attention, so that a repeat is the same message', async () => {
    const attention = [
      { target: 'export', fault: 'ExportFailed', since: SINCE, attempts: 3, text: 'A fixed text.' },
    ] as const;
    const { workflowId } = await server.begin({ changes: { attention } });
    await server.cue(workflowId, { reaction: { kind: 'become', changes: { attention: [] } } });
    const answer = { target: 'export', action: 'retry', by: 'operator-7' } as const;

    await server.closures.resolve(workflowId, answer);
    const again = await server.closures.resolve(workflowId, { ...answer, since: SINCE });

    await expect(received(workflowId)).resolves.toEqual([{ ...answer, since: SINCE }]);
    expect(again.attention).toEqual([]);
    await expect(server.closures.resolve(workflowId, answer)).rejects.toMatchObject({ code: 'nothing-to-resolve' });
    await expect(server.closures.resolve(workflowId, { ...answer, since: 'then' })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'since',
    });
  });

  it('reports with a signature over the closure and the step, once', async () => {
    const { workflowId, closureId, token } = await server.begin({ changes: { phase: 'exporting' } });

    await server.closures.report(workflowId, { token, step: 'export-declined' });
    await server.closures.report(closureId, { token, step: 'export-declined' });

    const [report, ...more] = await received(workflowId);
    expect(more).toEqual([]);
    expect(report).toEqual({ step: 'export-declined', signature: expect.stringMatching(/^[\w-]{86}$/) });
    expect(isReportSigned(report, { token, closureId })).toBe(true);
  });

  it.each([
    ['is the marker of a payload that cannot be decoded', { undecodable: true }],
    ['is no status', 'closed'],
    ['has a phase of another version', { ...statusWith(), phase: 'pondering' }],
    ['lacks what its phase always has', { ...statusWith(), phase: 'awaitingConfirmation' }],
    ['has an outcome that is not its phase', { ...statusWith(), outcome: 'closed' }],
  ])('does not believe an answer that %s', async (_what, answer) => {
    const { workflowId } = await server.begin({ answer });

    await expect(server.closures.status(workflowId)).rejects.toMatchObject({ code: 'unexpected-answer' });
    await expect(server.closures.withdraw(workflowId)).resolves.toMatchObject({ phase: 'checking' });
    await server.cue(workflowId, { isOver: true });
    await server.service.workflow.getHandle(workflowId).result();
    await expect(server.closures.status(workflowId)).rejects.toMatchObject({ code: 'unexpected-answer' });
  });

  it('ends at once when its caller has enough, with their reason', async () => {
    const enough = new Error('enough');
    const calls = [
      (signal: AbortSignal) => server.closures.status(randomUUID(), { signal }),
      (signal: AbortSignal) => server.closures.find(randomUUID(), { signal }),
      (signal: AbortSignal) => server.closures.wait(randomUUID(), { signal }),
      (signal: AbortSignal) => server.closures.withdraw(randomUUID(), { signal }),
      (signal: AbortSignal) => server.closures.list({}, { signal }).next(),
      (signal: AbortSignal) => server.closures.registerSearchAttributes({ signal }),
    ];

    for (const call of calls) await expect(call(AbortSignal.abort(enough))).rejects.toBe(enough);
    const later = new AbortController();
    const waiting = server.closures.wait((await server.begin()).workflowId, { signal: later.signal });
    setTimeout(() => {
      later.abort(enough);
    }, 200);
    await expect(waiting).rejects.toBe(enough);
  });

  it('ends in time when nobody answers', async () => {
    const elsewhere = AccountClosureClient.connect({ env: server.env, taskQueue: 'nobody-polls-here' });
    const token = createConfirmationToken();
    const { workflowId } = await elsewhere.request({ tenantId: TENANT, objectId: randomUUID(), token });

    await expect(elsewhere.withdraw(workflowId, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('Whether it took effect is unknown'),
    });
    await expect(elsewhere.status(workflowId, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await elsewhere.close();
  });
});

function awaiting() {
  const { plan, planDigest, confirmBy } = statusWith({ phase: 'awaitingConfirmation' });
  if (plan === undefined || planDigest === undefined || confirmBy === undefined) throw new TypeError('it has them');
  return { phase: 'awaitingConfirmation', plan, planDigest, confirmBy } as const;
}

function isReportSigned(
  report: unknown,
  { token, closureId }: { readonly token: string; readonly closureId: string },
): boolean {
  const seed = parseConfirmationToken(token) ?? new Uint8Array(32);
  const signature =
    typeof report === 'object' && report !== null && 'signature' in report ? String(report.signature) : '';
  const text = Buffer.from(`account-closure/report/v1\n${closureId}\nexport-declined\n`);
  return ed25519.verify(base64urlToBytes(signature) ?? new Uint8Array(64), text, ed25519.getPublicKey(seed));
}
