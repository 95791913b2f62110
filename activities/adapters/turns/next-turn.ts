import type { Ending } from '../../../workflows/contract/decisions';
import type { Passage, PassageAnswer, Turn } from '../../ports/turns';

/** A turn that is to be written behind the last one. */
export type NewTurn = Pick<Turn, 'kind' | 'planDigest' | 'attemptId'>;

/** The answer of a method of `Turns`, and the turn without which it does not hold. */
export interface Move<Answer> {
  readonly answer: Answer;
  /** To be written first; absent when nothing is to be written. */
  readonly turn?: NewTurn;
}

/** What `pass` does behind these turns, oldest first. */
export function toPass(turns: readonly Turn[], { attemptId, planDigest, knownTurn }: Passage): Move<PassageAnswer> {
  const ending = turns
    .filter(({ number }) => number > knownTurn)
    .map(endingOf)
    .findLast(isThere);
  if (ending !== undefined) return { answer: { kind: 'ended', ending } };
  const last = turns.at(-1);
  const isOurs = last?.kind === 'erase' && last.attemptId === attemptId;
  const answer = { kind: 'passed' } as const;
  // Behind two of them in a row nobody can take anything back: a third would add nothing.
  if (isOurs || isShared(turns)) return { answer };
  return { answer, turn: { kind: 'erase', planDigest, attemptId } };
}

/** What `reopen` does behind these turns. */
export function toReopen(turns: readonly Turn[], { attemptId }: Passage): Move<undefined> {
  const last = turns.at(-1);
  const isOurs = last?.kind === 'erase' && last.attemptId === attemptId;
  return isOurs && !isShared(turns) ? { answer: undefined, turn: { kind: 'reopened' } } : { answer: undefined };
}

/** What `end` does behind these turns. */
export function toEnd(turns: readonly Turn[], ending: Ending): Move<'recorded' | 'erasure-has-begun'> {
  if (turns.at(-1)?.kind === 'erase') return { answer: 'erasure-has-begun' };
  return { answer: 'recorded', turn: { kind: ending } };
}

/** Two attempts have passed, and neither has taken it back. */
function isShared(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.kind === 'erase' && turns.at(-2)?.kind === 'erase';
}

function endingOf({ kind }: Turn): Ending | undefined {
  return kind === 'erase' || kind === 'reopened' ? undefined : kind;
}

function isThere(ending: Ending | undefined): ending is Ending {
  return ending !== undefined;
}
