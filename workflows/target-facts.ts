import type { Basis } from './contract/bases';
import type { TargetState, TargetStatus } from './contract/status';
import type { RetainedItems, VerificationGrade } from './contract/target-outcomes';
import type { TargetPolicy } from './contract/targets';

/** What is known of one target: facts, of which any may be taken back by the next look. */
export interface TargetFacts {
  readonly isFenced: boolean;
  /** How often it was erased. */
  readonly erasures: number;
  /** What was erased in all rounds that came to an end. */
  readonly erasedCount: number;
  /** What the round under way had erased when it was interrupted. */
  readonly interruptedCount: number;
  /** Erased, and nothing was seen of it since. */
  readonly isErased: boolean;
  /** Something was seen of it after it was erased. */
  readonly remains: boolean;
  readonly retained: readonly RetainedItems[];
  /** By what path it was read again and found empty; absent until then. */
  readonly verified?: VerificationGrade;
  readonly exempt?: { readonly basis: Basis; readonly by: string };
  /** It was here that the closure turned out to be no longer ours. */
  readonly isStopped: boolean;
  /** Parts of the step that was interrupted by that, as codes. */
  readonly partsDone: readonly string[];
}

/** Of a target that nothing was done to. */
export const UNTOUCHED: TargetFacts = {
  isFenced: false,
  erasures: 0,
  erasedCount: 0,
  interruptedCount: 0,
  isErased: false,
  remains: false,
  retained: [],
  isStopped: false,
  partsDone: [],
};

/** The target as the status shows it. */
export function shown({ name, kind }: TargetPolicy, facts: TargetFacts): TargetStatus {
  const { erasures, retained, verified, exempt } = facts;
  const erasedCount = facts.erasedCount + facts.interruptedCount;
  return {
    name,
    kind,
    state: stateOf(facts),
    ...(erasures === 0 && erasedCount === 0 ? {} : { erasedCount, rounds: erasures }),
    ...(retained.length === 0 ? {} : { retained }),
    ...(verified === undefined ? {} : { grade: verified }),
    ...(exempt === undefined ? {} : { exempt }),
  };
}

function stateOf({ isStopped, exempt, verified, remains, isErased, isFenced }: TargetFacts): TargetState {
  if (isStopped) return 'stopped';
  if (exempt !== undefined) return 'exempt';
  if (verified !== undefined) return 'verified';
  if (remains) return 'remains';
  if (isErased) return 'erased';
  return isFenced ? 'fenced' : 'planned';
}

/** Whether something of ours stays in the target, by rule or because somebody decided to go on without it. */
export function keepsSomething({ exempt, retained }: TargetFacts): boolean {
  return exempt !== undefined || retained.some(({ count }) => count > 0);
}

/** The steps of a target, as `target:step`: those that are done and stand, and those that are not. */
export function stepsOf(
  { name, fences }: TargetPolicy,
  { isFenced, isErased, verified, partsDone }: TargetFacts,
): { readonly done: readonly string[]; readonly notDone: readonly string[] } {
  const steps = [
    ...(fences ? [{ step: 'fence', isDone: isFenced }] : []),
    { step: 'erase', isDone: isErased },
    { step: 'verify', isDone: verified !== undefined },
  ];
  const named = (wanted: boolean): string[] =>
    steps.filter(({ isDone }) => isDone === wanted).map(({ step }) => `${name}:${step}`);
  return { done: [...named(true), ...partsDone.map((part) => `${name}:${part}`)], notDone: named(false) };
}
