import * as state from '../../workflows/closure-state';
import { closureIdOf, closureWorkflowId } from '../../workflows/contract/ids';
import { publicKeyOf, signConfirmation } from '../../workflows/contract/confirmation';
import type { DigestedPlan } from '../../workflows/contract/plan';
import type { AnsweredAttention, Attention } from '../../workflows/contract/attention';
import { OUTCOMES, RUNNING_PHASES } from '../../workflows/contract/phases';
import type { ClosureStatus } from '../../workflows/contract/status';
import { guid } from './guid';
import { directoryPlan, erasurePlan } from './planned-targets';

// The closure that tests tell of, and how it looks on its way.
export const SEED = new Uint8Array(32).fill(7);
export const PUBLIC_KEY = publicKeyOf(SEED);
export const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('2b000000-0000-4000-8000-000000000002'),
};
export const WORKFLOW_ID = closureWorkflowId(ACCOUNT);
export const RUN_ID = '0196b1c2-0000-7000-8000-000000000001';
export const CLOSURE_ID = closureIdOf(PUBLIC_KEY, WORKFLOW_ID);

export const RECEIVED = new Date('2026-01-31T09:30:00.000Z');
export const CONFIRM_BY = new Date('2026-02-14T09:30:00.000Z');
export const IN_TIME = new Date('2026-02-10T12:00:00.000Z');

export const PLANNED: DigestedPlan = {
  plan: erasurePlan(CLOSURE_ID, [directoryPlan({ keptByProvider: [] })]),
  planDigest: 'ab'.repeat(32),
};
/** Of somebody else's token. */
export const FORGER = new Uint8Array(32).fill(8);
export const YES = signConfirmation(SEED, CLOSURE_ID, PLANNED.planDigest);

export const opened = state.opened(WORKFLOW_ID, PUBLIC_KEY, RECEIVED);
export const asked = state.askedToConfirm(opened, PLANNED, CONFIRM_BY);
export const confirmed = state.confirmed(asked, YES, { at: IN_TIME, coolingOffMs: 0 });
export const erasing = state.pastPointOfNoReturn(confirmed, IN_TIME);

/** A step that waits for an operator. */
export function waiting(target: Attention['target'], changes: Partial<Attention> = {}): Attention {
  return {
    target,
    fault: 'Unavailable',
    since: '2026-02-01T10:00:00.000Z',
    attempts: 3,
    text: 'A fixed text.',
    ...changes,
  };
}

/** How an operator answered that step. */
export function answerTo({ target, since }: Attention): AnsweredAttention {
  return { target, since, action: 'retry', by: 'op-1' };
}

/** A closure that was just received, with the given changes. */
export function receivedWith(changes: Partial<ClosureStatus> = {}): ClosureStatus {
  return { ...opened, ...changes };
}

/** What a rule says of a closure in every phase and after every outcome. */
export function byPhase(status: ClosureStatus, rule: (status: ClosureStatus) => unknown): Record<string, unknown> {
  const running = RUNNING_PHASES.map((phase) => [phase, rule(state.entered(status, phase))] as const);
  const over = OUTCOMES.map((outcome) => [outcome, rule(state.ended(status, outcome))] as const);
  return Object.fromEntries([...running, ...over]);
}
