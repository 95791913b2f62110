import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toEnd, toPass, toReopen, type Move } from '../../../activities/adapters/turns/next-turn';
import type { Turn } from '../../../activities/ports/turns';
import { newClosureId } from '../ports/audit-log.contract';

/** What may happen, in any order. A refused call changed nothing; whatever else becomes of a call may have. */
type Event =
  | { readonly kind: 'pass'; readonly attempt: number; readonly knows: number }
  | { readonly kind: 'refused'; readonly attempt: number }
  | { readonly kind: 'end'; readonly ending: 'withdrawn' | 'expired' };

const ATTEMPTS = 4;
const attempt = fc.nat(ATTEMPTS - 1);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), attempt, knows: fc.nat(6) }),
  fc.record({ kind: fc.constant('refused' as const), attempt }),
  fc.record({ kind: fc.constant('end' as const), ending: fc.constantFrom('withdrawn' as const, 'expired' as const) }),
);

/** A closure whose turns are written by the rules, and what its attempts rely on, known without them. */
class World {
  turns: readonly Turn[] = [];
  /** Attempts that have passed and whose call may have changed something. */
  readonly relying = new Set<number>();

  take<Answer>({ answer, turn }: Move<Answer>): Answer {
    if (turn !== undefined) {
      this.turns = [...this.turns, { ...turn, number: this.turns.length + 1, recordedAt: 'now' }];
    }
    return answer;
  }

  meet(event: Event): void {
    if (event.kind === 'pass') this.pass(event.attempt, Math.min(event.knows, this.turns.length));
    if (event.kind === 'refused') this.refused(event.attempt);
    if (event.kind === 'end') this.take(toEnd(this.turns, event.ending));
  }

  pass(number: number, knownTurn: number): 'passed' | 'ended' {
    const { kind } = this.take(toPass(this.turns, passageOf(number, knownTurn)));
    if (kind === 'passed') this.relying.add(number);
    return kind;
  }

  refused(number: number): void {
    if (!this.relying.delete(number)) return;
    this.take(toReopen(this.turns, passageOf(number, 0)));
  }
}

const closureId = newClosureId();
const passageOf = (number: number, knownTurn: number): Parameters<typeof toPass>[1] => ({
  closureId,
  firstRunId: 'run',
  attemptId: `attempt-${String(number)}`,
  planDigest: 'd',
  knownTurn,
});

describe('the next turn', () => {
  it('is no ending while any attempt may have changed something', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const world = new World();

        const lasts = events.map((next) => {
          world.meet(next);
          return world.relying.size > 0 ? world.turns.at(-1)?.kind : 'erase';
        });

        expect(lasts).toStrictEqual(events.map(() => 'erase'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is no passage behind an ending that was not known', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), attempt, fc.nat(10), (events, number, knows) => {
        const world = new World();
        for (const next of events) world.meet(next);
        const wasEnded = world.turns.slice(knows).some(({ kind }) => kind === 'withdrawn' || kind === 'expired');

        expect(world.pass(number, knows)).toBe(wasEnded ? 'ended' : 'passed');
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves the way back open after attempts that came one by one and were all refused', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 20 }), (attempts) => {
        const world = new World();
        for (const number of attempts) {
          world.pass(number, 0);
          world.refused(number);
        }

        expect(world.take(toEnd(world.turns, 'withdrawn'))).toBe('recorded');
      }),
    );
  });
});
