import type { Confirmation } from '../workflows/contract/confirmation';
import type { Blocker, RejectionReason, StopReason } from '../workflows/contract/eligibility';
import type { ErasurePlan } from '../workflows/contract/plan';
import { OUTCOMES, RUNNING_PHASES, type Outcome, type Phase, type RunningPhase } from '../workflows/contract/phases';
import { isObject } from '../workflows/contract/shapes';
import type { ClosureStatus, StopReport } from '../workflows/contract/status';
import type { ActivityProgress } from './activity-progress';

/** What the server says of a run: going on, ended by itself, ended by somebody's hand, or failed. */
export type RunState = 'open' | 'ended' | 'terminated' | 'failed';

/** What belongs to some phases only. */
type OfSomePhases = 'phase' | 'outcome' | 'reason' | 'blockers' | 'advice' | 'stop';

/** What is known of a closure in whatever phase. Optional is what a closure may or may not have come to. */
export interface ClosureFacts extends Omit<ClosureStatus, OfSomePhases> {
  /** The Temporal run: links into the Web UI need it. */
  readonly runId: string;
  /** Activities in progress; empty when the closure waits or has ended. */
  readonly activities: readonly ActivityProgress[];
}

/** Goes on, in this phase. */
export interface Running<P extends RunningPhase> extends ClosureFacts {
  readonly phase: P;
  readonly outcome?: never;
}

/** Has ended, like this. */
export interface Ended<P extends Outcome> extends ClosureFacts {
  readonly phase: P;
  readonly outcome: P;
}

/** The plan that was shown. */
export interface Planned {
  readonly plan: ErasurePlan;
  readonly planDigest: string;
}

/** The person's yes to it. */
export interface Confirmed extends Planned {
  readonly confirmation: Confirmation;
  readonly confirmedAt: string;
}

/** Waits for the person's yes: show `plan`, and confirm its `planDigest` before `confirmBy`. */
export type AwaitingConfirmation = Running<'awaitingConfirmation'> & Planned & { readonly confirmBy: string };

/** Confirmed; can still be withdrawn until `eraseAfter`. */
export type CoolingOff = Running<'coolingOff'> & Confirmed & { readonly eraseAfter: string };

/** Erases, once `pointOfNoReturnAt` is there; looks again afterwards. */
export type Erasing<P extends 'erasing' | 'verifying'> = Running<P> & Confirmed;

/** The account is closed. `closedWithRetention`: its targets say what stays, and why. */
export type Closed<P extends 'closed' | 'closedWithRetention'> = Ended<P> & Confirmed;

/** The account cannot be closed here; nothing was erased. */
export interface Rejected extends Ended<'rejected'> {
  readonly reason: RejectionReason;
  /** What the person can do, in plain words. */
  readonly advice: string;
  /** With the reason `blocked`: what stands in the way. */
  readonly blockers?: readonly Blocker[];
}

/** Stopped after the point of no return: done and not done are listed. */
export interface Stopped extends Ended<'stopped'> {
  readonly reason: StopReason;
  readonly advice?: string;
  readonly stop: StopReport;
}

/** The closure as it stands, with what only the server knows. Ask for `phase` (or `outcome`) first: it says what is there. */
export type ObservedClosure =
  | Running<'checking'>
  | Running<'exporting'>
  | Running<'planning'>
  | AwaitingConfirmation
  | CoolingOff
  | Erasing<'erasing'>
  | Erasing<'verifying'>
  | Closed<'closed'>
  | Closed<'closedWithRetention'>
  | Rejected
  | Ended<'withdrawn'>
  | Ended<'expired'>
  | Stopped;

type In<P extends Phase> = Extract<ObservedClosure, { readonly phase: P }>;
type AlwaysThere<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
type Beyond<P extends Phase> = Exclude<AlwaysThere<In<P>>, AlwaysThere<ClosureFacts> | 'phase'>;

// Total by type: a field that the types promise and these tables do not ask for does not compile.
const FACTS: Readonly<Record<AlwaysThere<ClosureFacts>, FieldCheck>> = {
  workflowId: isText,
  runId: isText,
  closureId: isText,
  receivedAt: isText,
  dueBy: isText,
  targets: Array.isArray,
  attention: Array.isArray,
  answered: Array.isArray,
  refusedConfirmations: (value) => typeof value === 'number',
  activities: Array.isArray,
};
const PLANNED = { plan: isObject, planDigest: isText };
const CONFIRMED = { ...PLANNED, confirmation: isObject, confirmedAt: isText };
const OF_PHASE: { readonly [P in Phase]: Readonly<Record<Beyond<P>, FieldCheck>> } = {
  checking: {},
  exporting: {},
  planning: {},
  awaitingConfirmation: { ...PLANNED, confirmBy: isText },
  coolingOff: { ...CONFIRMED, eraseAfter: isText },
  erasing: CONFIRMED,
  verifying: CONFIRMED,
  closed: { ...CONFIRMED, outcome: isText },
  closedWithRetention: { ...CONFIRMED, outcome: isText },
  rejected: { outcome: isText, reason: isText, advice: isText },
  withdrawn: { outcome: isText },
  expired: { outcome: isText },
  stopped: { outcome: isText, reason: isText, stop: isObject },
};

type FieldCheck = (value: unknown) => boolean;

/** Whether the answer is a closure as this version knows it. */
export function isObservedClosure(answer: unknown): answer is ObservedClosure {
  return oddityOf(answer) === undefined;
}

/** Which field is missing or not of its kind; `undefined` when the answer is a closure as this version knows it. */
export function oddityOf(answer: unknown): string | undefined {
  if (!isObject(answer) || !('phase' in answer)) return 'phase';
  const phase = phaseOf(answer.phase);
  if (phase === undefined) return 'phase';
  const fields = new Map<string, unknown>(Object.entries(answer));
  const checks: readonly (readonly [string, FieldCheck])[] = Object.entries({ ...FACTS, ...OF_PHASE[phase] });
  const odd = checks.find(([name, isRight]) => !isRight(fields.get(name)));
  if (odd !== undefined) return odd[0];
  const outcome = fields.get('outcome');
  return outcome === (isOutcome(phase) ? phase : undefined) ? undefined : 'outcome';
}

/** Whether a phase is an end. */
export function isOutcome(phase: unknown): phase is Outcome {
  return OUTCOMES.some((outcome) => outcome === phase);
}

function phaseOf(value: unknown): Phase | undefined {
  return [...RUNNING_PHASES, ...OUTCOMES].find((phase) => phase === value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
