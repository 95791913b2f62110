import type { ActivityProgress, LastKnown, ObservedClosure } from '../../client';
import { isObservedClosure, oddityOf } from '../../client/observed-closure';
import type { ErasurePlan } from '../../workflows/contract/plan';
import { OUTCOMES, type Phase } from '../../workflows/contract/phases';
import type { ClosureStatus } from '../../workflows/contract/status';
import { directoryPlan } from './planned-targets';
import { CLOSURE_ID, RUN_ID, WORKFLOW_ID } from './statuses';

export { CLOSURE_ID, RUN_ID, WORKFLOW_ID } from './statuses';
export const PLAN_DIGEST = 'ab'.repeat(32);

const PLAN: ErasurePlan = {
  version: 1,
  round: 1,
  closureId: CLOSURE_ID,
  targets: [
    directoryPlan({
      erases: [
        { what: 'account', action: 'delete', count: 1 },
        { what: 'memberships', action: 'delete', count: 12 },
        { what: 'consents', action: 'delete', count: 0 },
      ],
    }),
  ],
};

const PLANNED = { plan: PLAN, planDigest: PLAN_DIGEST };
const CONFIRMED = {
  ...PLANNED,
  confirmation: { planDigest: PLAN_DIGEST, signature: 'A'.repeat(86) },
  confirmedAt: '2026-02-03T10:00:00.000Z',
};

/** What a closure in that phase always has. */
const OF_PHASE: Readonly<Record<Phase, Partial<ClosureStatus>>> = {
  checking: {},
  exporting: {},
  planning: {},
  awaitingConfirmation: { ...PLANNED, confirmBy: '2026-02-14T10:00:00.000Z' },
  coolingOff: { ...CONFIRMED, eraseAfter: '2026-02-05T10:00:00.000Z' },
  erasing: CONFIRMED,
  verifying: CONFIRMED,
  closed: CONFIRMED,
  closedWithRetention: CONFIRMED,
  rejected: { reason: 'managed-tenant', advice: 'Contact your administrator.' },
  withdrawn: {},
  expired: {},
  stopped: { reason: 'account-gone', stop: { done: [], notDone: ['directory:erase'], signIn: 'unknown' } },
};

interface Changes extends Partial<ClosureStatus> {
  readonly activities?: readonly ActivityProgress[];
}

/** A closure that was just received, or one in the phase that is named, with the given changes. */
export function statusWith(changes: Changes = {}): ObservedClosure {
  const { phase = 'checking' } = changes;
  const outcome = OUTCOMES.find((end) => end === phase);
  const status: unknown = {
    workflowId: WORKFLOW_ID,
    runId: RUN_ID,
    closureId: CLOSURE_ID,
    phase,
    ...(outcome === undefined ? {} : { outcome }),
    receivedAt: '2026-01-31T10:00:00.000Z',
    dueBy: '2026-02-28T23:59:59.999Z',
    targets: [],
    attention: [],
    answered: [],
    refusedConfirmations: 0,
    activities: [],
    ...OF_PHASE[phase],
    ...changes,
  };
  if (!isObservedClosure(status)) throw new TypeError(`No closure is like that: ${oddityOf(status) ?? ''}`);
  return status;
}

/** What the server knows of that closure without a worker. */
export const LAST_KNOWN: LastKnown = {
  workflowId: WORKFLOW_ID,
  runId: RUN_ID,
  closureId: CLOSURE_ID,
  state: 'open',
  phase: 'exporting',
  receivedAt: '2026-01-31T10:00:00.000Z',
  dueBy: '2026-02-28T23:59:59.999Z',
  attention: [],
  activities: [],
};
