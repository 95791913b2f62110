import type { EventLog } from './logger';

/** One far end that the worker needs, and how to ask whether it is there. */
export interface FarEndCheck {
  readonly farEnd: string;
  /** Resolves when the far end is there and usable, throws otherwise. */
  readonly check: () => Promise<void>;
  /** What to look at when it is not. */
  readonly advice: string;
}

/** Which far ends are there, looked at again and again. */
export interface FarEnds {
  /** By name; everything is away until it was seen once. */
  readonly present: () => Readonly<Record<string, boolean>>;
  /** Resolves when that far end is there. */
  readonly untilPresent: (farEnd: string, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

const LOOK_AGAIN_MS = 2_000;
const LOOK_WHILE_PRESENT_MS = 15_000;
const POLL_MS = 100;

/** Watches the far ends, and says when one goes away or comes back: once each time, not once per look. */
export function watchFarEnds(checks: readonly FarEndCheck[], say: EventLog): FarEnds {
  const watches = checks.map((check) => new Watch(check, say));
  const watchOf = (farEnd: string): Watch | undefined => watches.find((watch) => watch.farEnd === farEnd);
  return {
    present: () => Object.fromEntries(watches.map((watch) => [watch.farEnd, watch.isPresent])),
    untilPresent: async (farEnd, signal) => {
      while (watchOf(farEnd)?.isPresent === false && !signal.aborted) await pause(POLL_MS);
    },
    close: () => {
      for (const watch of watches) watch.close();
    },
  };
}

class Watch {
  readonly farEnd: string;
  readonly #check: FarEndCheck;
  readonly #say: EventLog;
  #seen: 'never' | 'present' | 'away' = 'never';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(check: FarEndCheck, say: EventLog) {
    this.farEnd = check.farEnd;
    this.#check = check;
    this.#say = say;
    void this.#look();
  }

  get isPresent(): boolean {
    return this.#seen === 'present';
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    // Whatever the reason: the far end cannot be used now, and the next look will tell.
    const isPresent = await this.#check.check().then(
      () => true,
      () => false,
    );
    if (this.#isClosed) return;
    this.#note(isPresent);
    this.#timer = setTimeout(() => void this.#look(), isPresent ? LOOK_WHILE_PRESENT_MS : LOOK_AGAIN_MS);
  }

  #note(isPresent: boolean): void {
    const before = this.#seen;
    this.#seen = isPresent ? 'present' : 'away';
    if (before === this.#seen) return;
    if (!isPresent) this.#say({ event: 'far-end-away', farEnd: this.farEnd, advice: this.#check.advice });
    else if (before === 'away') this.#say({ event: 'far-end-back', farEnd: this.farEnd });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
