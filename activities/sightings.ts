import { z } from 'zod';
import { NotYetError } from './ports/step-faults';

/** What a judgement that needs time or repetition has seen so far, over the attempts of one Activity. */
export interface Sighting {
  /** For how long nothing else has been seen, in milliseconds, by the server's clock; 0 at the first sight. */
  readonly forMs: number;
  /** In how many attempts in a row; 1 at the first sight. An attempt that saw nothing at all does not break the row. */
  readonly times: number;
}

/** So often a far end must say the same before it is believed. */
const TIMES_IN_A_ROW = 3;
const SOONEST_MS = 1_000;
const LATEST_MS = 30_000;

/** Whether it was seen often and long enough to be no lagging read. Without a lag a single look suffices. */
export function isSettled({ forMs, times }: Sighting, lagMs: number): boolean {
  return lagMs === 0 || (times >= TIMES_IN_A_ROW && forMs >= lagMs);
}

/** How long to wait for the next look while something settles, in milliseconds. */
export function settlingMs(lagMs: number): number {
  return Math.min(Math.max(lagMs / 5, SOONEST_MS), LATEST_MS);
}

/** Who can note what was seen, and for how long reads may lag. */
export interface Observer {
  readonly readsLagMs: number;
  /** Notes the answer that a question has in this attempt. */
  readonly sighted: (question: string, seen: string) => Sighting;
}

/**
 * Returns once the answer has been the same for the whole lag; a final answer may be given then.
 * @throws NotYetError `ReadsUnsettled` until then
 */
export function believe({ readsLagMs, sighted }: Observer, question: string, seen: string): void {
  if (!isSettled(sighted(question, seen), readsLagMs)) throw new NotYetError('ReadsUnsettled', settlingMs(readsLagMs));
}

const Carried = z.record(
  z.string(),
  z.object({
    seen: z.string(),
    times: z.number().int().positive(),
    /** Not before this instant was it seen first; not after it, once it is dated. */
    sinceMs: z.number(),
    isDated: z.boolean(),
  }),
);

/** Sightings as they travel from one attempt to the next. */
type CarriedSightings = z.infer<typeof Carried>;

/** What is known of time in an attempt: by the server's clock, in milliseconds. */
export interface AttemptTimes {
  /** When the attempt was scheduled. */
  readonly scheduledMs: number;
  /** How long before that the attempt before it had failed, at least. */
  readonly pauseMs: number;
}

/**
 * The sightings of one Activity. Counted once per attempt, by the instants at which the server scheduled the attempts: the
 * clocks of the machines on which they run have no say in it. Seeing something else begins anew.
 *
 * How long an attempt waited for a worker is not known to it, so a first sight is dated by the attempt after it: that was
 * scheduled when the first one had failed and the pause was over. What is taken for its age is never more than it is.
 */
export class Sightings {
  readonly #scheduledMs: number;
  readonly #seenNow = new Set<string>();
  #all: CarriedSightings;
  #haveChanged = false;

  /** `carried`: what the last attempt left, whatever it is. */
  constructor(carried: unknown, { scheduledMs, pauseMs }: AttemptTimes) {
    this.#scheduledMs = scheduledMs;
    this.#all = Carried.safeParse(carried).data ?? {};
    for (const [question, sighting] of Object.entries(this.#all)) {
      if (sighting.isDated) continue;
      const sinceMs = Math.max(sighting.sinceMs, scheduledMs - pauseMs);
      this.#note(question, { ...sighting, sinceMs, isDated: true });
    }
  }

  /** Notes the answer that a question has in this attempt. */
  readonly sighted = (question: string, seen: string): Sighting => {
    const before = this.#all[question];
    const now = before?.seen === seen ? this.#again(question, before) : this.#first(question, seen);
    this.#seenNow.add(question);
    return { forMs: Math.max(this.#scheduledMs - now.sinceMs, 0), times: now.times };
  };

  /** What was last seen, in this attempt or an earlier one; notes nothing. */
  readonly lastSeen = (question: string): string | undefined => this.#all[question]?.seen;

  /** Whether there is something to tell the next attempt that the last one did not. */
  get haveChanged(): boolean {
    return this.#haveChanged;
  }

  /** To be carried to the next attempt. */
  get carried(): CarriedSightings {
    return this.#all;
  }

  #first(question: string, seen: string): CarriedSightings[string] {
    return this.#note(question, { seen, times: 1, sinceMs: this.#scheduledMs, isDated: false });
  }

  #again(question: string, before: CarriedSightings[string]): CarriedSightings[string] {
    if (this.#seenNow.has(question)) return before;
    return this.#note(question, { ...before, times: before.times + 1 });
  }

  #note(question: string, sighting: CarriedSightings[string]): CarriedSightings[string] {
    this.#all = { ...this.#all, [question]: sighting };
    this.#haveChanged = true;
    return sighting;
  }
}
