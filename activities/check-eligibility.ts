import type { EligibilityCheck } from '../workflows/contract/eligibility';
import type { ClosurePolicy } from '../workflows/contract/policy';
import { assessEligibility, type EligibilitySources } from './eligibility';
import { historyEntries } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditLog, HistoryRef } from './ports/audit-log';
import type { Turns } from './ports/turns';

/** The rules for new closures, as the worker's settings say them; through what the account is read says the directory. */
export type ConfiguredPolicy = Omit<ClosurePolicy, 'reachedThrough'>;

/** Where eligibility is read from, and whether it still is a question. */
export interface CheckSources extends EligibilitySources {
  readonly turns: Turns;
  readonly auditLog: AuditLog;
}

/**
 * Is the tenant (still) unmanaged, and may this account be closed here? Brings the policy along: the Workflow keeps the one
 * of the first look. Past the point of no return nothing is judged: a blocked sign-in or a missing account is our own doing.
 */
export function createCheckEligibility(
  sources: CheckSources,
  configured: ConfiguredPolicy,
): Implementation<'checkEligibility'> {
  return async ({ account, policy: recorded, ...ref }, { attempt, isTokenUsed }) => {
    const policy = recorded ?? { ...configured, reachedThrough: sources.directory.reachedThrough };
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
