import * as state from '../../workflows/closure-state';
import { closureWorkflowId } from '../../workflows/contract/account';
import { closureIdOf, publicKeyOf, signConfirmation } from '../../workflows/contract/confirmation';
import type { DigestedPlan } from '../../workflows/contract/plan';
import type { Attention } from '../../workflows/contract/status';
import { guid } from './guid';

// One closure, and how it looks on its way.
export const SEED = new Uint8Array(32).fill(7);
export const PUBLIC_KEY = publicKeyOf(SEED);
export const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('2b000000-0000-4000-8000-000000000002'),
};
export const WORKFLOW_ID = closureWorkflowId(ACCOUNT);
export const CLOSURE_ID = closureIdOf(PUBLIC_KEY, WORKFLOW_ID);
const RECEIVED = new Date('2026-01-31T09:30:00.000Z');
export const LATER = new Date('2026-02-14T09:30:00.000Z');

export const PLANNED: DigestedPlan = {
  plan: {
    version: 1,
    round: 1,
    closureId: CLOSURE_ID,
    targets: [{ name: 'directory', erases: [{ what: 'account', count: 1 }], retains: [] }],
  },
  planDigest: 'ab'.repeat(32),
};
export const YES = signConfirmation(SEED, CLOSURE_ID, PLANNED.planDigest);

export const opened = state.opened(WORKFLOW_ID, PUBLIC_KEY, RECEIVED);
export const asked = state.askedToConfirm(opened, PLANNED, LATER);
export const confirmed = state.confirmed(asked, YES, LATER);
export const waiting = (target: Attention['target'], fault: Attention['fault'] = 'Unavailable'): Attention => ({
  target,
  fault,
  since: LATER.toISOString(),
  attempts: 3,
});
