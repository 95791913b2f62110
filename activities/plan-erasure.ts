import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { PlanErasureInput, PlanTargetInput, RatedFirst, ShownPlan } from '../workflows/contract/activities';
import type { DigestedPlan, ErasurePlan, TargetPlan } from '../workflows/contract/plan';
import type { TargetPolicy } from '../workflows/contract/targets';
import { entriesAmong, historyEntries } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditEntry, AuditLog, EffectKey, HistoryRef } from './ports/audit-log';
import { planOf, type PlanningSources } from './plan-target';
import { IndeterminateAnswerError } from './ports/faults';
import type { Turn, Turns } from './ports/turns';
import { RecordedPlan } from './recorded-plan';
import type { FoundTarget } from './targets';

/** What plans are made of and where they are kept. */
export interface PlanSources extends PlanningSources {
  readonly auditLog: AuditLog;
  readonly turns: Turns;
}

/** A plan, and how its targets are carried out: what is kept of a round of planning. */
interface MadePlan {
  readonly plan: ErasurePlan;
  readonly targets: readonly TargetPolicy[];
}

/**
 * Asks every target of the file what it holds and what stays, and keeps the plan as it will be shown: on repetition it is
 * returned, so that a yes to it stays good. Once its erasure has begun, the plan of that erasure is the only one there is. Nobody
 * is asked before those that have a rate have answered on their own Task Queues.
 */
export function createPlanErasure(sources: PlanSources): Implementation<'planErasure'> {
  return async (input, { attempt: { signal } }) => {
    const { turns } = sources;
    // Read before a plan is made: once its erasure has begun, the targets are not asked and nothing is recorded.
    const before = await turns.last(input, signal);
    if (before?.kind === 'erase') return await begun(sources, { input, turn: before, signal });
    const made = await recordedPlan(sources, input, signal);
    if ('rated' in made) return made;
    // Read after the plan was made: what was decided before it was shown cannot forbid it.
    const turn = await turns.last(input, signal);
    if (turn?.kind === 'erase') return await begun(sources, { input, turn, signal });
    return { ...digested(made.plan), targets: made.targets, turn: turn?.number ?? 0, runId: thisRun() };
  };
}

/** What would be planned now: kept nowhere. Once an erasure has begun, what is left says nothing about what was promised. */
export function createPlanAgain(sources: PlanSources): Implementation<'planAgain'> {
  return async (input, { attempt: { signal } }) => {
    const turn = await sources.turns.last(input, signal);
    if (turn?.kind === 'erase') return (await begun(sources, { input, turn, signal })).plan;
    // One that is no longer in the file is no part of what would be planned: then the plan does not hold.
    const asked = sources.targets.all.filter(({ policy }) => input.targets.includes(policy.name));
    const made = await make(sources, asked, { input, identifiers: 'compare', signal });
    return 'rated' in made ? made : made.plan;
  };
}

async function recordedPlan(
  sources: PlanSources,
  input: PlanErasureInput,
  signal: AbortSignal,
): Promise<MadePlan | RatedFirst> {
  const { targets, auditLog } = sources;
  const key = keyOf(input);
  const recorded = await auditLog.find(key, 'result', signal);
  if (recorded !== undefined) return madeOf(recorded);
  const made = await make(sources, targets.all, { input, identifiers: 'keep', signal });
  if ('rated' in made) return made;
  const { entry, isNew } = await auditLog.append({ ...key, kind: 'result', outcome: { ...made } }, signal);
  return isNew ? made : madeOf(entry);
}

function keyOf({ closureId, firstRunId, round }: PlanErasureInput): EffectKey {
  return { closureId, firstRunId, target: 'closure', step: 'plan', round };
}

interface Making extends Pick<PlanTargetInput, 'identifiers'> {
  readonly input: PlanErasureInput;
  readonly signal: AbortSignal;
}

/**
 * Asks all targets at once, but for those that have answered by themselves. The first in their order that cannot be planned is
 * the one that is named.
 */
async function make(
  sources: PlanningSources,
  asked: readonly FoundTarget[],
  { input, identifiers, signal }: Making,
): Promise<MadePlan | RatedFirst> {
  const policies = asked.map(({ policy }) => policy);
  const rated = policies.filter((policy) => policy.rateLimited && answerOf(policy, input) === undefined);
  if (rated.length > 0) return { rated };
  const { closureId, round } = input;
  const planned = await allOrFirstFault(
    asked.map(async (target) => {
      const answered = target.policy.rateLimited ? answerOf(target.policy, input) : undefined;
      return answered ?? (await planOf(sources, target, { input: { ...input, identifiers }, signal }));
    }),
  );
  return { plan: { version: 1, round, closureId, targets: planned }, targets: policies };
}

/** By another definition it is the answer to another question. */
function answerOf({ name, definitionDigest }: TargetPolicy, { answered }: PlanErasureInput): TargetPlan | undefined {
  return answered.find((plan) => plan.name === name && plan.definitionDigest === definitionDigest);
}

async function allOrFirstFault<T>(asked: readonly Promise<T>[]): Promise<readonly T[]> {
  const answers = await Promise.allSettled(asked);
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
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
    .map((entry) => madeOf(entry))
    .map(({ plan, targets }) => ({ ...digested(plan), targets }))
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

function madeOf({ outcome }: AuditEntry): MadePlan {
  const parsed = RecordedPlan.safeParse(outcome);
  if (parsed.success) return parsed.data;
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
