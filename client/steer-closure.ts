import { randomUUID } from 'node:crypto';
import { confirmationUpdateId, signConfirmation, signReport } from '../workflows/contract/confirmation';
import {
  confirmUpdate,
  reportUpdate,
  resolveUpdate,
  withdrawUpdate,
  type Resolution,
} from '../workflows/contract/messages';
import type { Report } from '../workflows/contract/confirmation';
import { seedOf } from './confirmation-token';
import { invalidArgument, refusal } from './errors';
import { findClosure, type ClosureRun } from './find-closure';
import { deliver, type Message } from './deliver-message';
import type { ObservedClosure } from './observed-closure';
import { readStatus, readStatusIfAnswered } from './read-status';
import type { TemporalServer } from './temporal-server';

/** The person's yes. */
export interface ConfirmRequest {
  /** The token that the closure was requested with. */
  readonly token: string;
  /** `planDigest` of the status that was shown to the person. */
  readonly planDigest: string;
}

/** The person's report. */
export interface ReportRequest {
  /** The token that the closure was requested with. */
  readonly token: string;
  /** `export-declined`: go on without the export. */
  readonly step: Report['step'];
}

const SETTLING_MS = 2_000;
const SETTLING_POLL_MS = 100;

/**
 * Confirms the plan, and answers the phase after the yes. A repeat of the accepted confirmation succeeds while the closure is
 * open.
 * @throws AccountClosureError `wrong-token`, `stale-plan`, `window-over`, `not-awaiting-confirmation`, `timed-out`
 */
export async function confirmClosure(
  server: TemporalServer,
  id: string,
  { token, planDigest }: ConfirmRequest,
): Promise<ObservedClosure> {
  const seed = seedOf(token);
  const digest = typeof planDigest === 'string' ? planDigest.toLowerCase() : '';
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw invalidArgument('planDigest', 'A planDigest is 64 hexadecimal digits.');
  }
  const run = await findClosure(server, id);
  const confirmation = signConfirmation(seed, run.closureId, digest);
  const accepted = await deliver(server, run, {
    updateId: confirmationUpdateId(confirmation),
    send: (handle, updateId) => handle.executeUpdate(confirmUpdate, { args: [confirmation], updateId }),
    finished: (status) => {
      throw refusal(status.phase === 'expired' ? 'window-over' : 'not-awaiting-confirmation', { status });
    },
  });
  return afterTheYes(server, run, accepted);
}

/**
 * Takes the request back. Repeating it on a withdrawn closure succeeds.
 * @throws AccountClosureError `past-point-of-no-return`, `closure-has-ended`, `timed-out` (safe to repeat)
 */
export async function withdrawClosure(server: TemporalServer, id: string): Promise<ObservedClosure> {
  const run = await findClosure(server, id);
  const finished = (status: ObservedClosure): ObservedClosure =>
    status.phase === 'withdrawn' ? status : hasEnded(status);
  const status = await deliver(server, run, {
    updateId: randomUUID(),
    send: (handle, updateId) => handle.executeUpdate(withdrawUpdate, { updateId }),
    finished,
  });
  return status.outcome === undefined ? status : finished(status);
}

/**
 * Answers a step that waits for an operator. With `since` of the attention it is one message however often it is sent.
 * @throws AccountClosureError `nothing-to-resolve`, `malformed-resolution`, `not-exemptible`, `unknown-basis`,
 * `closure-has-ended`, `timed-out`
 */
export async function resolveClosure(
  server: TemporalServer,
  id: string,
  resolution: Resolution,
): Promise<ObservedClosure> {
  const { target, since } = resolution;
  if (since !== undefined && Number.isNaN(Date.parse(since))) {
    throw invalidArgument('since', '`since` is that of the attention: an instant in ISO 8601.');
  }
  const run = await findClosure(server, id);
  const answered = { ...resolution, since: since ?? (await sinceWhen(server, run, target)) };
  return deliver(server, run, {
    updateId: `resolve-${target}-${answered.since}-${wayOf(answered)}`,
    send: (handle, updateId) => handle.executeUpdate(resolveUpdate, { args: [answered], updateId }),
    finished: hasEnded,
  });
}

/**
 * Reports what the person has decided or done themselves, signed with the token. Repeating it succeeds.
 * @throws AccountClosureError `wrong-token`, `not-exporting`, `malformed-report`, `closure-has-ended`, `timed-out`
 */
export async function reportToClosure(
  server: TemporalServer,
  id: string,
  { token, step }: ReportRequest,
): Promise<ObservedClosure> {
  const seed = seedOf(token);
  const run = await findClosure(server, id);
  const report = signReport(seed, run.closureId, step);
  const message: Message = {
    updateId: `report-${step}-${report.signature}`,
    send: (handle, updateId) => handle.executeUpdate(reportUpdate, { args: [report], updateId }),
    finished: hasEnded,
  };
  return deliver(server, run, message);
}

/** Another answer is another message: a retry that was taken must not stand for an exemption. */
function wayOf(answer: Resolution): string {
  return answer.action === 'exempt' ? `exempt-${answer.basis}` : answer.action;
}

async function sinceWhen(server: TemporalServer, run: ClosureRun, target: Resolution['target']): Promise<string> {
  const status = await readStatus(server, run);
  const waiting = status.attention.find((step) => step.target === target);
  // The start of the follow-up may wait for somebody when all else is over.
  if (waiting === undefined && status.outcome !== undefined) hasEnded(status);
  if (waiting === undefined) throw refusal('nothing-to-resolve', { status });
  return waiting.since;
}

/** A moment after the yes the Workflow still is where it waited for it. */
async function afterTheYes(
  server: TemporalServer,
  run: ClosureRun,
  accepted: ObservedClosure,
): Promise<ObservedClosure> {
  const giveUpAt = Date.now() + SETTLING_MS;
  let status = accepted;
  while (status.phase === 'awaitingConfirmation' && Date.now() < giveUpAt) {
    await server.pause(SETTLING_POLL_MS);
    const now = await readStatusIfAnswered(server, run);
    // The yes was accepted: that nobody answers any more does not change it.
    if (now === undefined) return status;
    status = now;
  }
  return status;
}

function hasEnded(status: ObservedClosure): never {
  throw refusal('closure-has-ended', { status });
}
