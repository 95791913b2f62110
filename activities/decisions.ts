import { z } from 'zod';
import type { Guid } from '../workflows/contract/account';
import { isGuid } from '../workflows/contract/ids';
import type { AuditEntry, AuditLog, HistoryRef, NewAuditEntry } from './ports/audit-log';

/** Decisions are made by the closure as a whole, not in a round of a step. */
const NO_ROUND = 0;

const Carrying = z.object({
  closureId: z.custom<Guid>(isGuid),
  firstRunId: z.string().min(1),
  decisions: z.array(z.looseObject({ step: z.string(), at: z.string(), target: z.string().optional() })),
});
type Decided = z.infer<typeof Carrying>['decisions'][number];

/** What the decisions tell about the closure's confirmation token. */
export interface TokenUse {
  /** An earlier closure, forgotten by Temporal meanwhile, was requested with the same token. */
  readonly isTokenUsed: boolean;
}

/**
 * Writes the decisions that an Activity carries, each once, before the Activity does anything; most carry none. The request
 * itself is one of them: whoever finds an older one of the same closure id in another history was asked with a used token.
 */
export async function recordDecisions(auditLog: AuditLog, input: unknown, signal: AbortSignal): Promise<TokenUse> {
  if (!isCarrier(input)) return { isTokenUsed: false };
  const carrying = Carrying.parse(input);
  for (const decision of carrying.decisions) await recordDecision(auditLog, { history: carrying, decision }, signal);
  if (!carrying.decisions.some(({ step }) => step === 'request')) return { isTokenUsed: false };
  return { isTokenUsed: isUsed(await auditLog.list(carrying.closureId, signal), carrying.firstRunId) };
}

/** Writes one decision, once. */
export async function recordDecision(
  auditLog: AuditLog,
  { history, decision }: { readonly history: HistoryRef; readonly decision: Decided },
  signal: AbortSignal,
): Promise<void> {
  await auditLog.append(entryOf(history, decision), signal);
}

function isCarrier(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'decisions' in input;
}

function entryOf({ closureId, firstRunId }: HistoryRef, decision: Decided): NewAuditEntry {
  const { step, at, target = 'closure', ...outcome } = decision;
  return { closureId, firstRunId, target, step, round: NO_ROUND, kind: 'decision', occasion: at, outcome };
}

function isUsed(entries: readonly AuditEntry[], firstRunId: string): boolean {
  const requests = entries.filter(({ kind, step }) => kind === 'decision' && step === 'request');
  // A run that was reset carries its request again, at another instant: the first one of each history counts.
  const own = requests.find((entry) => entry.firstRunId === firstRunId);
  return requests.some((entry) => entry.firstRunId !== firstRunId && entry.sequence < (own?.sequence ?? 0));
}
