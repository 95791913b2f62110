import type { RequestExportInput, TargetInput } from '../../workflows/contract/activities';
import { POLICY, type FakeWorld } from './fake-world';
import { guid } from './guid';

/** The closure that Activities are tried with. */
export const CLOSURE_ID = guid('6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061');
/** The digest of the plan that was confirmed. */
export const PLAN_DIGEST = 'ab'.repeat(32);

/** The first round of a step on the person's account. */
export function directoryInput(world: FakeWorld, round = 1): TargetInput {
  return { closureId: CLOSURE_ID, account: world.person, target: 'directory', round, planDigest: PLAN_DIGEST };
}

/** The first request for the person's export. */
export function exportInput(world: FakeWorld, round = 1): RequestExportInput {
  return { closureId: CLOSURE_ID, account: world.person, round, exportDeadlineMs: POLICY.exportDeadlineMs };
}
