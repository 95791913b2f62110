import type { ClosureActivities } from '../workflows/contract/activities';
import type { ClosurePolicy } from '../workflows/contract/policy';
import { createAwaitExport } from './await-export';
import { createCheckEligibility } from './check-eligibility';
import { createEraseTarget, createFenceTarget } from './erase-target';
import { createArrangeForgetting, createDeleteExports } from './forgetting';
import { createPlanErasure } from './plan-erasure';
import type { Directory } from './ports/directory';
import type { ExportStorage } from './ports/export-storage';
import type { TenantRealm } from './ports/tenant-realm';
import { createRequestExport } from './request-export';
import { createTargets } from './targets';
import { createVerifyTarget } from './verify-target';

/** The far ends that the Activities work on, and the rules for new closures. */
export interface ActivityDependencies {
  readonly directory: Directory;
  readonly realm: TenantRealm;
  readonly storage: ExportStorage;
  readonly policy: ClosurePolicy;
}

/** How an Activity is implemented: effects get a second argument from the interceptor that records them. */
export type ActivityImplementations = {
  readonly [Name in keyof ClosureActivities]: (
    input: Parameters<ClosureActivities[Name]>[0],
    effect: { readonly isResumed: boolean },
  ) => ReturnType<ClosureActivities[Name]>;
};

/** All Activities of a closure. To be run behind the interceptors of the worker, which record effects and name faults. */
export function createActivities({ directory, realm, storage, policy }: ActivityDependencies): ActivityImplementations {
  const sources = { directory, realm };
  const targets = createTargets({ directory });
  return {
    checkEligibility: createCheckEligibility(sources, policy),
    requestExport: createRequestExport({ directory, storage }),
    awaitExport: createAwaitExport({ directory, storage }),
    planErasure: createPlanErasure(targets),
    fenceTarget: createFenceTarget(sources, targets),
    eraseTarget: createEraseTarget(sources, targets),
    verifyTarget: createVerifyTarget(targets),
    arrangeForgetting: createArrangeForgetting(),
    deleteExports: createDeleteExports(storage),
  };
}
