import { isObject } from '../workflows/contract/shapes';
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

/**
 * Watches the far ends, and says when one goes away or comes back: once each time, not once per look; again only when another
 * cause shows.
 */
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
  /** The causes that were said since it went away. */
  readonly #causes = new Set<string | undefined>();
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
    const seen = await this.#check.check().then(
      () => ({ isPresent: true }) as const,
      // Whatever the reason: the far end cannot be used now, and the next look will tell.
      (error: unknown) => ({ isPresent: false, code: codeOf(error) }) as const,
    );
    if (this.#isClosed) return;
    if (seen.isPresent) this.#notePresent();
    else this.#noteAway(seen.code);
    this.#timer = setTimeout(() => void this.#look(), seen.isPresent ? LOOK_WHILE_PRESENT_MS : LOOK_AGAIN_MS);
  }

  #notePresent(): void {
    if (this.#seen === 'away') this.#say({ event: 'far-end-back', farEnd: this.farEnd });
    this.#seen = 'present';
    this.#causes.clear();
  }

  #noteAway(code: string | undefined): void {
    this.#seen = 'away';
    if (this.#causes.has(code)) return;
    this.#causes.add(code);
    const { advice } = this.#check;
    this.#say({ event: 'far-end-away', farEnd: this.farEnd, ...(code === undefined ? {} : { code }), advice });
  }
}

/**
 * The fixed code of what is wrong with a far end: of a fault of a port, or of an error of ours; `undefined` when there is none.
 * Whatever does not look like a code is left out: an error of somebody else's may carry anything.
 */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const said = 'detail' in error && isObject(error.detail) ? error.detail : error;
  const code = 'code' in said ? said.code : undefined;
  return typeof code === 'string' && /^[A-Za-z0-9][\w.-]{0,63}$/.test(code) ? code : undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
