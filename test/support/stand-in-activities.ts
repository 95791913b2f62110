import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Guid } from '../../workflows/contract/account';
import type { ClosureActivities } from '../../workflows/contract/activities';
import type { ClosurePolicy } from '../../workflows/contract/policy';
import type { ExportManifest } from '../../workflows/contract/export';
import { POLICY } from './fake-world';
import { DIRECTORY_POLICY, directoryPlan, erasurePlan } from './planned-targets';

/** Nothing lags, and nothing waits for a quiet period. */
const POLICY_AT_ONCE: ClosurePolicy = { ...POLICY, readsLagMs: 0, reachedThrough: 'stand-in', verifyAfterMs: 0 };

/** What the far ends do for one account; the rest goes well at once. */
export interface Surroundings {
  readonly isManaged?: boolean;
  readonly isExportEndless?: boolean;
  readonly exportFailures?: number;
  readonly isErasureHeld?: boolean;
  readonly manifest?: ExportManifest;
}

/** Activities without far ends: what they answer is told by account, so that closures of one worker do not meet. */
export class StandInActivities {
  readonly #surroundings = new Map<Guid, Surroundings>();
  readonly #failedExports = new Map<Guid, number>();

  /** From now on the far ends do this for the account with that object id. */
  arrange(objectId: Guid, surroundings: Surroundings): void {
    this.#surroundings.set(objectId, surroundings);
  }

  readonly activities: ClosureActivities = {
    checkEligibility: ({ account }) =>
      Promise.resolve({
        policy: POLICY_AT_ONCE,
        isPastPointOfNoReturn: false,
        eligibility: this.#of(account.objectId).isManaged
          ? { kind: 'rejected', reason: 'managed-tenant' }
          : { kind: 'eligible' },
      }),
    requestExport: ({ account, closureId }) => {
      const failed = this.#failedExports.get(account.objectId) ?? 0;
      if (failed < (this.#of(account.objectId).exportFailures ?? 0)) {
        this.#failedExports.set(account.objectId, failed + 1);
        throw ApplicationFailure.nonRetryable('The export failed.', 'ExportFailed');
      }
      return Promise.resolve({ operationId: 'operation-1', container: containerOf(closureId) });
    },
    awaitExport: ({ account, container }) => {
      const { isExportEndless = false, manifest } = this.#of(account.objectId);
      if (isExportEndless) throw ApplicationFailure.create({ type: 'ExportRunning', nextRetryDelay: '1 hour' });
      return Promise.resolve({ kind: 'saved', ...(manifest ?? { files: [], container }) });
    },
    planErasure: ({ closureId, round }) =>
      Promise.resolve({
        plan: erasurePlan(closureId, [directoryPlan()], round),
        targets: [DIRECTORY_POLICY],
        planDigest: 'ab'.repeat(32),
        turn: 0,
        runId: Context.current().info.workflowExecution?.runId ?? '',
      }),
    planAgain: ({ closureId, round }) => Promise.resolve(erasurePlan(closureId, [directoryPlan()], round)),
    planTarget: () => Promise.resolve({ plan: directoryPlan(), bases: {} }),
    checkExport: () => Promise.resolve({ isThere: true }),
    fenceTarget: () => Promise.resolve({ kind: 'fenced' }),
    eraseTarget: ({ account }) => {
      if (this.#of(account.objectId).isErasureHeld ?? false)
        throw ApplicationFailure.create({ type: 'Unavailable', nextRetryDelay: 200 });
      return Promise.resolve({ kind: 'erased', count: 1, retained: [] });
    },
    verifyTarget: () => Promise.resolve({ kind: 'absent', grade: 're-read' }),
    recordEnding: () => Promise.resolve({ kind: 'recorded' }),
    arrangeForgetting: () => Promise.resolve(),
    deleteExports: () => Promise.resolve({ kind: 'deleted', containers: 0 }),
  };

  #of(objectId: Guid): Surroundings {
    return this.#surroundings.get(objectId) ?? {};
  }
}

function containerOf(closureId: Guid): string {
  return `export-${closureId}-1`;
}
