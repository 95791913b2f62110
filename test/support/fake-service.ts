import type { ErasureService, ServiceHolding, ServiceOutcome } from '../../activities/ports/erasure-service';
import type { HttpDefinition } from '../../activities/ports/target-catalog';

const DAY_MS = 86_400_000;

/** A service as a targets file describes it, with the given changes. */
export function serviceDefinition(name: string, changes: Partial<HttpDefinition> = {}): HttpDefinition {
  return {
    name,
    kind: 'http',
    after: [],
    deadlineMs: 7 * DAY_MS,
    definitionDigest: 'ee'.repeat(32),
    baseUrl: `https://${name}.example`,
    secrets: [],
    readsLagMs: 0,
    ...changes,
  };
}

/** A service in memory that holds things of one person. Tests turn the screws. */
export class FakeService implements ErasureService {
  /** How many things it holds that go. */
  held = 3;
  /** What it keeps, whatever is asked. */
  kept: readonly ServiceHolding[] = [];
  /** How often it is asked before it is done. */
  looks = 0;
  /** When it says to ask again. */
  lookAgainInMs = DAY_MS;
  /** Says that it has erased, and has not. */
  isLying = false;
  /** Runs before each call; what it throws the call throws. */
  before: (call: keyof ErasureService) => unknown = () => undefined;
  /** Runs when the effect of a call has happened; what it throws the call throws: a lost answer. */
  after: (call: keyof ErasureService) => unknown = () => undefined;
  /** Every call in order, as it began. */
  readonly calls: (keyof ErasureService)[] = [];
  readonly #done = new Map<string, readonly ServiceOutcome[]>();
  #asked = 0;

  readonly lookUp: ErasureService['lookUp'] = (_question, signal) =>
    this.#call('lookUp', signal, () => [
      ...(this.held > 0 || this.#done.size === 0 ? [{ what: 'contact', count: this.held }] : []),
      ...this.kept,
    ]);

  readonly requestErasure: ErasureService['requestErasure'] = ({ closureId, target, round }, signal) =>
    this.#call('requestErasure', signal, () => {
      const key = `${closureId}:${target}:${String(round)}`;
      if (this.#done.has(key)) return this.#answer(key);
      this.#asked = 0;
      this.#done.set(key, this.#erase());
      return this.#answer(key);
    });

  readonly progress: ErasureService['progress'] = (location, signal) =>
    this.#call('progress', signal, () => {
      this.#asked += 1;
      return this.#answer(location.slice('/erasures/'.length));
    });

  #answer(key: string): Awaited<ReturnType<ErasureService['requestErasure']>> {
    if (this.#asked < this.looks)
      return { kind: 'running', location: `/erasures/${key}`, lookAgainInMs: this.lookAgainInMs };
    return { kind: 'done', items: this.#done.get(key) ?? [] };
  }

  #erase(): readonly ServiceOutcome[] {
    const count = this.held;
    if (!this.isLying) this.held = 0;
    return [
      { what: 'contact', outcome: count === 0 ? 'absent' : 'erased', count },
      ...this.kept.map(({ what, count: many, retained }) => ({
        what,
        outcome: 'retained' as const,
        count: many,
        ...retained,
      })),
    ];
  }

  async #call<T>(call: keyof ErasureService, signal: AbortSignal, perform: () => T): Promise<T> {
    this.calls.push(call);
    await this.before(call);
    signal.throwIfAborted();
    const answer = perform();
    await this.after(call);
    return answer;
  }
}
