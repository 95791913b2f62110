import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Guid } from '../workflows/contract/account';
import { isGuid } from '../workflows/contract/ids';
import type { PlanErasureInput, ShownPlan } from '../workflows/contract/activities';
import { RETENTION_BASES, type DigestedPlan, type ErasurePlan, type TargetPlan } from '../workflows/contract/plan';
import { TARGET_NAMES } from '../workflows/contract/targets';
import { entriesAmong, historyEntries } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditEntry, AuditLog, EffectKey, HistoryRef } from './ports/audit-log';
import { IndeterminateAnswerError } from './ports/faults';
import type { Turn, Turns } from './ports/turns';
import { targetNamed, type ErasureTargets } from './targets';

/** What plans are made of and where they are kept. */
export interface PlanSources {
  readonly targets: ErasureTargets;
  readonly auditLog: AuditLog;
  readonly turns: Turns;
}

/**
 * Asks every target what it holds and what stays, and keeps the plan as it will be shown: on repetition it is returned, so
 * that a yes to it stays good. Once its erasure has begun, the plan of that erasure is the only one there is.
 */
export function createPlanErasure(sources: PlanSources): Implementation<'planErasure'> {
  return async (input, { attempt: { signal } }) => {
    const { turns } = sources;
    // Read before a plan is made: once its erasure has begun, the targets are not asked and nothing is recorded.
    const before = await turns.last(input, signal);
    if (before?.kind === 'erase') return await begun(sources, { input, turn: before, signal });
    const plan = await recordedPlan(sources, input, signal);
    // Read after the plan was made: what was decided before it was shown cannot forbid it.
    const turn = await turns.last(input, signal);
    if (turn?.kind === 'erase') return await begun(sources, { input, turn, signal });
    return { ...digested(plan), turn: turn?.number ?? 0, runId: thisRun() };
  };
}

/** What would be planned now: kept nowhere. Once an erasure has begun, what is left says nothing about what was promised. */
export function createPlanAgain(sources: PlanSources): Implementation<'planAgain'> {
  return async (input, { attempt: { signal } }) => {
    const turn = await sources.turns.last(input, signal);
    if (turn?.kind === 'erase') return (await begun(sources, { input, turn, signal })).plan;
    return await make(sources.targets, input, signal);
  };
}

async function recordedPlan(
  { targets, auditLog }: PlanSources,
  input: PlanErasureInput,
  signal: AbortSignal,
): Promise<ErasurePlan> {
  const key = keyOf(input);
  const recorded = await auditLog.find(key, 'result', signal);
  if (recorded !== undefined) return planOf(recorded);
  const plan = await make(targets, input, signal);
  const { entry, isNew } = await auditLog.append({ ...key, kind: 'result', outcome: { plan } }, signal);
  return isNew ? plan : planOf(entry);
}

function keyOf({ closureId, firstRunId, round }: PlanErasureInput): EffectKey {
  return { closureId, firstRunId, target: 'closure', step: 'plan', round };
}

async function make(
  targets: ErasureTargets,
  { closureId, account, round, targets: names }: PlanErasureInput,
  signal: AbortSignal,
): Promise<ErasurePlan> {
  const planned: TargetPlan[] = [];
  for (const name of names) planned.push(await targetNamed(targets, name).plan({ closureId, account, signal }));
  return { version: 1, round, closureId, targets: planned };
}

/** The run that asks. */
function thisRun(): string {
  return Context.current().info.workflowExecution?.runId ?? '';
}

interface Begun {
  readonly input: HistoryRef;
  readonly turn: Turn;
  readonly signal: AbortSignal;
}

/** The plan whose erasure has begun, with the yes to it, as the audit log keeps them. */
async function begun({ auditLog }: PlanSources, { input, turn, signal }: Begun): Promise<ShownPlan> {
  const { closureId, firstRunId } = input;
  const ours = await historyEntries(auditLog, { closureId, firstRunId, target: 'closure' }, signal);
  const shown = entriesAmong(ours, { firstRunId, step: 'plan', kind: 'result' })
    .map((entry) => digested(planOf(entry)))
    .find(({ planDigest }) => planDigest === turn.planDigest);
  if (shown === undefined) throw unreadable('the plan whose erasure has begun is not there');
  const confirmation = confirmationOf(entriesAmong(ours, { firstRunId, step: 'confirm', kind: 'decision' }), shown);
  return { ...shown, turn: turn.number, runId: thisRun(), ...(confirmation === undefined ? {} : { confirmation }) };
}

const Confirmed = z.object({ planDigest: z.string(), signature: z.string() });

function confirmationOf(given: readonly AuditEntry[], { planDigest }: DigestedPlan): ShownPlan['confirmation'] {
  for (const { outcome, occasion } of given.toReversed()) {
    const confirmed = Confirmed.safeParse(outcome).data;
    if (confirmed?.planDigest === planDigest && occasion !== undefined) return { ...confirmed, confirmedAt: occasion };
  }
  return undefined;
}

const Recorded: z.ZodType<{ readonly plan: ErasurePlan }> = z.object({
  plan: z.object({
    version: z.literal(1),
    round: z.number(),
    closureId: z.custom<Guid>(isGuid),
    targets: z.array(
      z.object({
        name: z.enum(TARGET_NAMES),
        erases: z.array(z.object({ what: z.string(), count: z.number() })),
        retains: z.array(z.object({ what: z.string(), basis: z.enum(RETENTION_BASES) })),
      }),
    ),
  }),
});

function planOf({ outcome }: AuditEntry): ErasurePlan {
  const parsed = Recorded.safeParse(outcome);
  if (parsed.success) return parsed.data.plan;
  throw unreadable('a recorded plan cannot be read');
}

function unreadable(oddity: string): IndeterminateAnswerError {
  return new IndeterminateAnswerError({ farEnd: 'audit-log', operation: 'audit-log.list' }, oddity);
}

/** The digest is the lower-case hex SHA-256 of the plan's canonical JSON (RFC 8785). */
function digested(plan: ErasurePlan): DigestedPlan {
  const canonical = canonicalize(plan);
  if (canonical === undefined) throw new TypeError('a plan always has a canonical form');
  return { plan, planDigest: createHash('sha256').update(canonical, 'utf8').digest('hex') };
}
