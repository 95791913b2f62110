import type {
  AwaitExportInput,
  CheckEligibilityInput,
  ClosureRef,
  DeleteExportsInput,
  PlanAgainInput,
  PlanErasureInput,
  PlanTargetInput,
  RequestExportInput,
  TargetInput,
} from '../../workflows/contract/activities';
import type { Ending, EndingDecision } from '../../workflows/contract/decisions';
import { POLICY, type FakeWorld } from './fake-world';
import type { Turn } from '../../activities/ports/turns';
import { guid } from './guid';
import { DIRECTORY_POLICY } from './planned-targets';

/** The closure that Activities are tried with. */
export const CLOSURE_ID = guid('6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061');
/** The first run of its chain. */
export const FIRST_RUN_ID = 'run-1';
/** That history of the closure. */
export const HISTORY = { closureId: CLOSURE_ID, firstRunId: FIRST_RUN_ID } as const;
/** The digest of the plan that was confirmed. */
export const PLAN_DIGEST = 'ab'.repeat(32);

/** The closure of the person's account, with nothing decided since the last Activity. */
export function closureRef(world: FakeWorld): ClosureRef {
  return { ...HISTORY, account: world.person, decisions: [] };
}

/** A look after the first one. */
export function checkInput(world: FakeWorld): CheckEligibilityInput {
  return { ...closureRef(world), policy: POLICY };
}

/** A round of a step on the person's account, by a plan that was shown before anything was decided in the database. */
export function directoryInput(world: FakeWorld, round = 1): TargetInput {
  const { readsLagMs, reachedThrough } = POLICY;
  return {
    ...closureRef(world),
    target: 'directory',
    round,
    definitionDigest: DIRECTORY_POLICY.definitionDigest,
    planDigest: PLAN_DIGEST,
    planRound: 1,
    turn: 0,
    readsLagMs,
    reachedThrough,
    retains: [],
  };
}

/** A request for the person's export. */
export function exportInput(world: FakeWorld, round = 1): RequestExportInput {
  const { exportDeadlineMs, readsLagMs } = POLICY;
  return { ...closureRef(world), round, exportDeadlineMs, readsLagMs, lost: [] };
}

/** Waiting for the person's export in a container. */
export function awaitInput(world: FakeWorld, container = 'export-1'): AwaitExportInput {
  const { exportDeadlineMs, readsLagMs } = POLICY;
  return { ...closureRef(world), operationId: 'operation-1', container, exportDeadlineMs, readsLagMs };
}

/** A round of planning. */
export function planInput(world: FakeWorld, round = 1): PlanErasureInput {
  return { ...closureRef(world), round, readsLagMs: POLICY.readsLagMs, answered: [] };
}

/** One target's part of it. */
export function planTargetInput(world: FakeWorld, changes: Partial<PlanTargetInput> = {}): PlanTargetInput {
  const { readsLagMs } = POLICY;
  return { ...closureRef(world), target: 'directory', round: 1, identifiers: 'keep', readsLagMs, ...changes };
}

/** The same question once more, about the targets of the plan that was shown. */
export function planAgainInput(world: FakeWorld, round = 1): PlanAgainInput {
  return { ...planInput(world, round), targets: ['directory'] };
}

/** A deletion of the follow-up. */
export function deleteInput(round = 1): DeleteExportsInput {
  return { closureId: CLOSURE_ID, firstRunId: 'forget-run-1', round, workflowId: 'closure-1' };
}

/** What somebody decided that ends a closure like this. */
export function decisionFor(ending: Ending): EndingDecision {
  const at = '2026-07-01T12:00:00.000Z';
  switch (ending) {
    case 'withdrawn':
      return { step: 'withdraw', at };
    case 'expired':
      return { step: 'expire', at, confirmBy: at };
    case 'rejected':
      return { step: 'reject', at, reason: 'managed-tenant' };
  }
}

/** The turns that the closure has taken, in order. */
export function turnsTaken(world: FakeWorld): readonly Turn[] {
  return world.turns.of({ closureId: CLOSURE_ID, firstRunId: FIRST_RUN_ID });
}
