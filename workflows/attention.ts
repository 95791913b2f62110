import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURE_TYPES, type FailureType, type FaultDetail } from './contract/failures';
import type { Attention } from './contract/attention';
import { isUndecodable } from './contract/undecodable';

/** What is wrong with a step, without where and since when. */
export type Trouble = Omit<Attention, 'target' | 'since'>;

/**
 * What an operator is shown of a step that failed.
 * @throws the fault itself when it is no failure of an Activity: a cancellation, or a defect of ours
 */
export function attentionOf(fault: unknown, tries: number): Trouble {
  const cause = rootOf(fault instanceof ActivityFailure ? fault.cause : fault);
  if (cause === undefined) throw fault;
  const details = detailsOf(cause);
  return {
    fault: typeOf(cause),
    text: cause instanceof ApplicationFailure ? cause.message.slice(0, LONGEST_TEXT) : 'The step ran out of time.',
    attempts: attemptIn(details) ?? tries,
    ...codesIn(details),
  };
}

/** A step cannot go on for a reason that the Workflow itself has found. */
export function trouble(fault: FailureType, text: string, attempts: number): Trouble {
  return { fault, text, attempts };
}

/** Whether a fault came from an Activity (or from reading its result): everything else is a defect of ours. */
export function isActivityFault(fault: unknown): fault is ActivityFailure | ApplicationFailure {
  return fault instanceof ActivityFailure || fault instanceof ApplicationFailure;
}

/** The result of an Activity, as long as it could be read. */
export function assertDecoded<T>(result: T): T {
  if (isUndecodable(result)) {
    throw ApplicationFailure.nonRetryable('The result of an Activity cannot be decoded.', 'UndecodablePayload');
  }
  return result;
}

const LONGEST_TEXT = 300;

/** A time-out says what the last attempt failed with, where there was one. */
function rootOf(cause: unknown): ApplicationFailure | TimeoutFailure | undefined {
  if (cause instanceof TimeoutFailure) return rootOf(cause.cause) ?? cause;
  return cause instanceof ApplicationFailure ? cause : undefined;
}

function typeOf(cause: ApplicationFailure | TimeoutFailure): FailureType {
  if (cause instanceof TimeoutFailure) return 'TimedOut';
  return FAILURE_TYPES.find((known) => known === cause.type) ?? 'Defect';
}

function detailsOf(cause: ApplicationFailure | TimeoutFailure): object {
  const detail: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  return typeof detail === 'object' && detail !== null ? detail : {};
}

function attemptIn(details: object): number | undefined {
  return 'attempt' in details && typeof details.attempt === 'number' ? details.attempt : undefined;
}

/** Opaque codes only, whatever is in there. */
function codesIn(details: object): FaultDetail {
  const codes = Object.entries(details).filter(([name, value]) => CODES.includes(name) && isCode(value));
  const status = 'status' in details && typeof details.status === 'number' ? { status: details.status } : {};
  return { ...Object.fromEntries(codes), ...status };
}

const CODES: readonly string[] = ['operation', 'code', 'requestId', 'at'] satisfies readonly (keyof FaultDetail)[];

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value);
}
