import type { EligibilityCheck } from '../workflows/contract/eligibility';
import type { ClosurePolicy } from '../workflows/contract/policy';
import { assessEligibility } from './eligibility';
import type { TenantSources } from './targets/takeover';
import { historyEntries } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditLog, HistoryRef } from './ports/audit-log';
import type { Turns } from './ports/turns';
import type { Targets } from './targets';

/** The rules for new closures that the worker's settings say; the rest say the directory and the targets file. */
export type ConfiguredPolicy = Omit<ClosurePolicy, 'reachedThrough' | 'targets' | 'bases'>;

/** Where eligibility is read from, and whether it still is a question. */
export interface CheckSources extends TenantSources {
  readonly turns: Turns;
  readonly auditLog: AuditLog;
}

/**
 * Is the tenant (still) unmanaged, and may this account be closed here? Brings the policy along: the Workflow keeps the one
 * of the first look. Past the point of no return nothing is judged: a blocked sign-in or a missing account is our own doing.
 */
export function createCheckEligibility(
  sources: CheckSources,
  configured: { readonly policy: ConfiguredPolicy; readonly targets: Targets },
): Implementation<'checkEligibility'> {
  const forNew = (): ClosurePolicy => ({
    ...configured.policy,
    reachedThrough: sources.directory.reachedThrough,
    targets: configured.targets.all.map(({ policy }) => policy),
    bases: Object.keys(configured.targets.bases),
  });
  return async ({ account, policy: recorded, ...ref }, { attempt, isTokenUsed }) => {
    const policy = recorded ?? forNew();
    const check: EligibilityCheck = { eligibility: { kind: 'eligible' }, policy, isPastPointOfNoReturn: false };
    if (isTokenUsed) return { ...check, eligibility: { kind: 'rejected', reason: 'token-used' } };

    const { signal } = attempt;
    const last = await sources.turns.last(ref, signal);
    if (last?.kind === 'erase') {
      return { ...check, isPastPointOfNoReturn: true, ...(await exportDeclined(sources.auditLog, ref, signal)) };
    }
    const sought = { account, reachedThrough: recorded?.reachedThrough, signal };
    return { ...check, eligibility: await assessEligibility(sources, sought, attempt) };
  };
}

/** Whether the person had gone on without an export: a run that was reset must not ask for one of an account that is gone. */
async function exportDeclined(
  auditLog: AuditLog,
  { closureId, firstRunId }: HistoryRef,
  signal: AbortSignal,
): Promise<Pick<EligibilityCheck, 'exportDeclinedAt'>> {
  const sought = { closureId, firstRunId, kind: 'decision', step: 'decline-export' } as const;
  const [declined] = await historyEntries(auditLog, sought, signal);
  return declined?.occasion === undefined ? {} : { exportDeclinedAt: declined.occasion };
}
