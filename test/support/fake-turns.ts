import { toEnd, toPass, toReopen, type Move } from '../../activities/adapters/turns/next-turn';
import type { HistoryRef } from '../../activities/ports/audit-log';
import type { Turn, Turns } from '../../activities/ports/turns';

/** Turns in memory, by the same rules as those of a database; each method is one moment. */
export function createFakeTurns(): Turns & { readonly of: (closure: HistoryRef) => readonly Turn[] } {
  const histories = new Map<string, readonly Turn[]>();
  const of = ({ closureId, firstRunId }: HistoryRef): readonly Turn[] =>
    histories.get(`${closureId}/${firstRunId}`) ?? [];
  const take = async <Answer>(
    closure: HistoryRef,
    signal: AbortSignal,
    decide: (turns: readonly Turn[]) => Move<Answer>,
  ): Promise<Answer> => {
    await Promise.resolve();
    signal.throwIfAborted();
    const turns = of(closure);
    const { answer, turn } = decide(turns);
    if (turn !== undefined) {
      const next = { ...turn, number: turns.length + 1, recordedAt: new Date().toISOString() };
      histories.set(`${closure.closureId}/${closure.firstRunId}`, [...turns, next]);
    }
    return answer;
  };
  return {
    of,
    last: (closure, signal) => take(closure, signal, (turns) => ({ answer: turns.at(-1) })),
    pass: (passage, signal) => take(passage, signal, (turns) => toPass(turns, passage)),
    reopen: (passage, signal) => take(passage, signal, (turns) => toReopen(turns, passage)),
    end: (closure, ending, signal) => take(closure, signal, (turns) => toEnd(turns, ending)),
  };
}
