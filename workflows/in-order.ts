/** Something that is done after other things, by their names. */
export interface Ordered {
  readonly name: string;
  readonly after: readonly string[];
}

/** So many are under way at once: far ends are shared with everybody else's work. */
const MOST_AT_ONCE = 8;

/**
 * Does each after all that it comes after; what does not depend on one another is done at once, up to a limit. Names that are
 * not among them are nothing to wait for. What failed keeps what comes after it from beginning, and everything else goes on.
 * @throws the first fault, once nothing is under way any more
 */
export async function inOrder<T extends Ordered>(
  all: readonly T[],
  perform: (one: T) => Promise<void>,
  mostAtOnce = MOST_AT_ONCE,
): Promise<void> {
  const schedule = new Schedule(all, perform);
  do schedule.begin(mostAtOnce);
  while (await schedule.oneIsOver());
  schedule.assertDone();
}

class Schedule<T extends Ordered> {
  readonly #perform: (one: T) => Promise<void>;
  readonly #names: ReadonlySet<string>;
  readonly #waiting: Set<T>;
  readonly #done = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #faults: unknown[] = [];

  constructor(all: readonly T[], perform: (one: T) => Promise<void>) {
    this.#perform = perform;
    this.#names = new Set(all.map(({ name }) => name));
    this.#waiting = new Set(all);
  }

  /** Begins what has nothing to wait for any longer. */
  begin(mostAtOnce: number): void {
    const ready = [...this.#waiting].filter((one) => this.#isReady(one));
    for (const one of ready.slice(0, mostAtOnce - this.#underWay.size)) {
      this.#waiting.delete(one);
      const running = this.#run(one).finally(() => this.#underWay.delete(running));
      this.#underWay.add(running);
    }
  }

  /** Comes back when one is over; `false` when none is under way. */
  async oneIsOver(): Promise<boolean> {
    if (this.#underWay.size === 0) return false;
    await Promise.race(this.#underWay);
    return true;
  }

  assertDone(): void {
    if (this.#faults.length > 0) throw this.#faults[0];
    if (this.#waiting.size > 0) throw new TypeError('What waits for itself can never begin: the order has a cycle.');
  }

  #isReady({ after }: T): boolean {
    return after.every((name) => this.#done.has(name) || !this.#names.has(name));
  }

  async #run(one: T): Promise<void> {
    try {
      await this.#perform(one);
      this.#done.add(one.name);
    } catch (fault) {
      this.#faults.push(fault);
    }
  }
}
