import { Context } from '@temporalio/activity';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  Next,
} from '@temporalio/worker';
import { duringAttempt, type Attempt } from '../activities/attempt';
import type { Beat } from '../activities/beats';
import { recordDecisions } from '../activities/decisions';
import { runRecorded } from '../activities/effects';
import { detailOf, toFailure } from '../activities/failures';
import type { Surroundings } from '../activities/implementation';
import type { AuditLog } from '../activities/ports/audit-log';
import { namingTimeOutsOfLog } from '../activities/time-outs';
import { isEarly } from '../workflows/contract/failures';
import type { EventLog } from './logger';

/** What the interceptors work with. */
export interface InterceptorParts {
  readonly auditLog: AuditLog;
  readonly say: EventLog;
  /** The worker's setting; a closure's own policy goes before it. */
  readonly readsLagMs: number;
  readonly beat: Beat;
}

type Proceed = Next<ActivityInboundCallsInterceptor, 'execute'>;

/**
 * Every attempt of every Activity runs inside this, from its first moment: it beats, its decisions and effects are recorded,
 * and faults get their names.
 */
export function createActivityInterceptors(parts: InterceptorParts): ActivityInterceptorsFactory {
  const auditLog = namingTimeOutsOfLog(parts.auditLog);
  const execute = (input: ActivityExecuteInput, next: Proceed): Promise<unknown> => {
    const readsLagMs = lagOf(input.args[0]) ?? parts.readsLagMs;
    return duringAttempt({ readsLagMs, beat: parts.beat }, (attempt) =>
      naming({ say: parts.say, attempt }, () => recording({ auditLog, attempt }, input, next)),
    );
  };
  return () => ({ inbound: { execute } });
}

/** The one place that writes what was decided, intended and done. */
async function recording(
  { auditLog, attempt }: { readonly auditLog: AuditLog; readonly attempt: Attempt },
  input: ActivityExecuteInput,
  next: Proceed,
): Promise<unknown> {
  const [argument] = input.args;
  const { isTokenUsed } = await recordDecisions(auditLog, argument, attempt.signal);
  const activity = { name: Context.current().info.activityType, input: argument, signal: attempt.signal };
  const surroundings: Surroundings = { attempt, isTokenUsed };
  return await runRecorded(auditLog, activity, () => next({ ...input, args: [argument, surroundings] }));
}

/** Whatever is thrown within becomes a failure with a type and a fixed text. */
async function naming(
  { say, attempt }: { readonly say: EventLog; readonly attempt: Attempt },
  perform: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await perform();
  } catch (fault) {
    const failure = toFailure(fault, attempt);
    report(say, fault, 'type' in failure ? failure.type : undefined);
    throw failure;
  }
}

/** The lag that the closure goes by: of its step, or of the policy that it was given. */
function lagOf(input: unknown): number | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  if ('readsLagMs' in input && typeof input.readsLagMs === 'number') return input.readsLagMs;
  return 'policy' in input ? lagOf(input.policy) : undefined;
}

function report(say: EventLog, fault: unknown, failureType: string | null | undefined): void {
  // Too early is no failure, and a cancelled attempt says nothing about the far end.
  if (failureType === undefined || isEarly(failureType)) return;
  const { activityType, workflowExecution, attempt } = Context.current().info;
  const where = { activityType, workflowId: workflowExecution?.workflowId ?? '', attempt };
  if (failureType === 'Defect' || failureType === null) {
    say({ event: 'defect', ...where, errorClass: classOf(fault), place: placeOf(fault) });
    return;
  }
  // The HTTP status stands in the failure's text already.
  const { status, ...detail } = detailOf(fault);
  say({ event: 'attempt-failed', ...where, failureType, ...detail });
}

function classOf(fault: unknown): string {
  return fault instanceof Error ? fault.constructor.name : typeof fault;
}

/** The first lines of the stack behind the message: the message itself may quote anything, even lines like these. */
function placeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return '';
  return behindMessage(fault)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim().replace(/\(?(?:file:\/\/)?\/.*\/(?=[^/]+:\d+)/, '('))
    .join(' < ');
}

function behindMessage({ stack = '', message }: Error): string {
  const start = stack.indexOf(message);
  return start === -1 ? '' : stack.slice(start + message.length);
}
