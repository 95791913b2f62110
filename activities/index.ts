import type { ClosureActivities } from '../workflows/contract/activities';
import { createAwaitExport } from './await-export';
import { createCheckEligibility, type ConfiguredPolicy } from './check-eligibility';
import { createCheckExport } from './check-export';
import { createEraseTarget, createFenceTarget } from './erase-target';
import { createArrangeForgetting, createDeleteExports } from './forgetting';
import type { Implementation } from './implementation';
import { createPlanAgain, createPlanErasure } from './plan-erasure';
import { createPlanTarget } from './plan-target';
import type { AuditLog } from './ports/audit-log';
import type { Directory } from './ports/directory';
import type { ExportStorage } from './ports/export-storage';
import type { IdentifierVault } from './ports/identifier-vault';
import type { TargetCatalog } from './ports/target-catalog';
import type { TenantRealm } from './ports/tenant-realm';
import type { Turns } from './ports/turns';
import { createRecordEnding } from './record-ending';
import { createRequestExport } from './request-export';
import { createTargets, type TargetSources } from './targets';
import { namingTimeOutsOfLog, namingTimeOutsOfTurns } from './time-outs';
import { createVerifyTarget } from './verify-target';

export type { ConfiguredPolicy } from './check-eligibility';

/** The far ends that the Activities work on, and the rules for new closures. */
export interface ActivityDependencies {
  readonly directory: Directory;
  readonly realm: TenantRealm;
  readonly storage: ExportStorage;
  readonly auditLog: AuditLog;
  readonly turns: Turns;
  readonly vault: IdentifierVault;
  readonly catalog: TargetCatalog;
  readonly rowsOf: TargetSources['rowsOf'];
  readonly serviceOf: TargetSources['serviceOf'];
  readonly policy: ConfiguredPolicy;
}

/** All Activities, each with what the worker's interceptor tells it. */
export type ActivityImplementations = { readonly [Name in keyof ClosureActivities]: Implementation<Name> };

/** All Activities of a closure. To be run behind the interceptors of the worker, which record effects and name faults. */
export function createActivities(dependencies: ActivityDependencies): ActivityImplementations {
  const { directory, realm, storage, vault, policy } = dependencies;
  const auditLog = namingTimeOutsOfLog(dependencies.auditLog);
  const turns = namingTimeOutsOfTurns(dependencies.turns);
  const sources = { directory, realm, auditLog, turns, vault };
  const targets = createTargets(dependencies.catalog, dependencies, policy.readsLagMs);
  return {
    checkEligibility: createCheckEligibility(sources, { policy, targets }),
    requestExport: createRequestExport({ directory, storage, auditLog, turns }),
    awaitExport: createAwaitExport({ directory, storage, turns }),
    planErasure: createPlanErasure({ targets, auditLog, turns, vault }),
    planAgain: createPlanAgain({ targets, auditLog, turns, vault }),
    planTarget: createPlanTarget({ targets, vault }),
    checkExport: createCheckExport(storage),
    fenceTarget: createFenceTarget(sources, targets),
    eraseTarget: createEraseTarget(sources, targets),
    verifyTarget: createVerifyTarget(sources, targets),
    recordEnding: createRecordEnding({ turns, auditLog }),
    arrangeForgetting: createArrangeForgetting(vault),
    deleteExports: createDeleteExports({ storage, auditLog }),
  };
}
