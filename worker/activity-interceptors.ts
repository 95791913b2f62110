import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import { attemptSignal } from '../activities/attempt';
import { runRecorded } from '../activities/effects';
import { isOurs, toFailure } from '../activities/failures';
import type { AuditLog } from '../activities/ports/audit-log';
import type { EventLog } from './logger';

/** Every attempt of every Activity runs inside this: effects are recorded, and faults get their names. */
export function createActivityInterceptors(auditLog: AuditLog, say: EventLog): ActivityInterceptorsFactory {
  return () => ({ inbound: naming(say, recording(auditLog)) });
}

type Execute = NonNullable<ActivityInboundCallsInterceptor['execute']>;

/** The one place that writes audit entries. */
function recording(auditLog: AuditLog): Execute {
  return async (input, next) => {
    const activity = { name: Context.current().info.activityType, input: input.args[0], signal: attemptSignal() };
    return await runRecorded(auditLog, activity, (effect) => next({ ...input, args: [...input.args, effect] }));
  };
}

/** The outermost: whatever is thrown within becomes a failure with a type and a fixed text. */
function naming(say: EventLog, inner: Execute): ActivityInboundCallsInterceptor {
  return {
    execute: async (input, next) => {
      try {
        return await inner(input, next);
      } catch (fault) {
        const failure = toFailure(fault);
        report(say, fault, 'type' in failure ? failure.type : undefined);
        throw failure;
      }
    },
  };
}

function report(say: EventLog, fault: unknown, failureType: string | null | undefined): void {
  const { activityType, workflowExecution, attempt } = Context.current().info;
  const where = { activityType, workflowId: workflowExecution?.workflowId ?? '', attempt };
  // Too early is no failure, and a cancelled attempt says nothing about the far end.
  if (failureType === 'ExportRunning' || failureType === 'SecondLookDue' || failureType === undefined) return;
  if (isOurs(fault)) say({ event: 'attempt-failed', ...where, failureType: failureType ?? 'Defect' });
  else say({ event: 'defect', ...where, errorClass: classOf(fault), place: placeOf(fault) });
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
