import { randomUUID } from 'node:crypto';
import { problem, type Answer } from './answers';
import type { Outcome, Subject } from './store';

/** How long erasures take: so many looks at their state, and so long. */
export interface Pace {
  readonly looks: number;
  readonly ms: number;
}

/** One erasure, known by its Idempotency-Key and, while it runs, by an id of its own. */
interface Erasure {
  readonly id: string;
  readonly body: string;
  readonly acceptedAtMs: number;
  readonly pace: Pace;
  readonly run: () => readonly Outcome[];
  readonly looks: number;
  /** Absent: it still runs. */
  readonly outcomes?: readonly Outcome[];
}

/** What is asked for, under which key. */
export interface Order {
  readonly key: string;
  readonly body: string;
  readonly subject: Subject;
}

/** All erasures that were ever asked for. A table in the real service, kept for as long as callers may come back (60 days). */
export interface Erasures {
  /** Begins it, or tells how far it is: the same key is the same erasure. */
  readonly request: (order: Order) => Answer;
  readonly stateOf: (id: string) => Answer;
  /** What has had its time is done. A queue's worker does this in the real service. */
  readonly goOn: () => void;
}

/** What the erasures need of the service around them. */
export interface ErasureMeans {
  readonly now: () => Date;
  readonly pace: () => Pace;
  readonly erase: (subject: Subject) => readonly Outcome[];
  /** Where the state of an erasure is asked for; by its own id, which says nothing about the person. */
  readonly pathOf: (id: string) => string;
}

/** No erasures yet. */
export function createErasures({ now, pace, erase, pathOf }: ErasureMeans): Erasures {
  const byKey = new Map<string, Erasure>();

  const advance = (key: string, erasure: Erasure): Erasure => {
    const isDue = erasure.looks >= erasure.pace.looks && now().getTime() - erasure.acceptedAtMs >= erasure.pace.ms;
    const advanced = erasure.outcomes === undefined && isDue ? { ...erasure, outcomes: erasure.run() } : erasure;
    byKey.set(key, advanced);
    return advanced;
  };
  const look = (key: string, erasure: Erasure): Answer => {
    const { id, outcomes } = advance(key, { ...erasure, looks: erasure.looks + 1 });
    if (outcomes !== undefined) return { status: 200, body: { items: outcomes } };
    return { status: 202, headers: { location: pathOf(id), 'retry-after': '1' }, body: { status: 'running' } };
  };

  return {
    request: ({ key, body, subject }) => {
      const known = byKey.get(key);
      if (known !== undefined && known.body !== body) {
        return problem(422, 'key-reused', 'This Idempotency-Key was used for another request.');
      }
      // The first answer is no look: it may be `done` at once only when erasures take no look and no time.
      const begun = { id: randomUUID(), body, acceptedAtMs: now().getTime(), pace: pace(), looks: -1 };
      return look(key, known ?? { ...begun, run: () => erase(subject) });
    },
    stateOf: (id) => {
      const found = [...byKey].find(([, erasure]) => erasure.id === id);
      return found === undefined ? problem(404, 'no-such-erasure', 'No such erasure is known.') : look(...found);
    },
    goOn: () => {
      for (const [key, erasure] of byKey) advance(key, erasure);
    },
  };
}
