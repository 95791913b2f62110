import { randomUUID } from 'node:crypto';
import { Context, type Info } from '@temporalio/activity';
import { keepBeating, type Beat } from './beats';
import { Sightings, type Observer } from './sightings';

/** Time kept back at the end of an attempt, so that it has ended when the next one begins. */
const MARGIN_MS = 1_000;

/** One attempt of an Activity. */
export interface Attempt extends Observer {
  /** Of this attempt alone: a UUID. */
  readonly id: string;
  /**
   * Ends everything that this attempt does: when the Activity is cancelled, when no beat comes through any more, and just
   * before its own time-out, after which another attempt may be under way. So no attempt becomes a zombie that goes on deleting.
   */
  readonly signal: AbortSignal;
  /** Whether the Activity itself was cancelled: nobody waits for what it does any longer. */
  readonly isCancelled: () => boolean;
  /** What was last seen as the answer to a question, in this attempt or an earlier one; notes nothing. */
  readonly lastSeen: (question: string) => string | undefined;
  /** The work that an earlier attempt had kept, as it came over the wire. */
  readonly keptWork: unknown;
  /** Keeps work for the next attempt. */
  readonly keepWork: (work: unknown) => void;
  /** Says after how long the next attempt is asked for, in milliseconds: it dates by it what this one has seen first. */
  readonly pauses: (ms: number) => void;
  /** For how long the Activity has been tried, over all attempts, in milliseconds. */
  readonly ageMs: () => number;
  /** How long the Activity as a whole still has, in milliseconds; without end when it has no overall time-out. */
  readonly remainingMs: () => number;
}

/** What an attempt needs of the worker. */
export interface AttemptSettings {
  /** How long reads and rights of the far ends may lag, for this closure. */
  readonly readsLagMs: number;
  readonly beat: Beat;
}

/**
 * Runs one attempt: beats for as long as it lasts, and hands on what it has seen and kept to the next one when it fails. One
 * object holds the details of the attempt, so that no beat takes away what another brought.
 */
export async function duringAttempt<T>(
  settings: AttemptSettings,
  perform: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { info, cancellationSignal } = Context.current();
  const details = new Details(info);
  const lifetime = new Lifetime(details.clock.remainingMs(), cancellationSignal);
  const stopBeating = beatFor(info, settings.beat, { details, lifetime });
  try {
    return await perform(details.attempt(settings.readsLagMs, lifetime.signal));
  } catch (fault) {
    // Travels in the report of the failure itself: either both arrive or neither.
    if (details.haveChanged && !info.isLocal) Context.current().heartbeat(details.current);
    throw fault;
  } finally {
    stopBeating();
    lifetime.end();
  }
}

function beatFor(
  { heartbeatTimeoutMs, isLocal }: Info,
  beat: Beat,
  { details, lifetime }: { readonly details: Details; readonly lifetime: Lifetime },
): () => void {
  if (!heartbeatTimeoutMs || isLocal) return () => undefined;
  return keepBeating({
    beat,
    timeoutMs: heartbeatTimeoutMs,
    details: () => details.current,
    onLost: () => {
      lifetime.runOut();
    },
  });
}

/** When an attempt has to end. */
class Lifetime {
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(allowedMs: number, cancellation: AbortSignal) {
    // Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect the time-out as garbage, and it never comes.
    this.#timer = setTimeout(
      () => {
        this.runOut();
      },
      Math.max(allowedMs - MARGIN_MS, 1),
    );
    this.#timer.unref();
    const onCancelled = (): void => {
      this.end();
      this.#ending.abort(cancellation.reason);
    };
    if (cancellation.aborted) onCancelled();
    else cancellation.addEventListener('abort', onCancelled, { once: true });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  runOut(): void {
    this.end();
    this.#ending.abort(new DOMException('The attempt ran out of time.', 'TimeoutError'));
  }

  /** Nothing is left to end. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

interface Clock {
  readonly ageMs: () => number;
  /** Of the Activity as a whole. */
  readonly remainingOverallMs: () => number;
  /** Of this attempt. */
  readonly remainingMs: () => number;
}

/** All instants are the server's, and what is added to them is counted here: the clock of this machine has no say in it. */
function clockOf(info: Info): Clock {
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  const ageMs = (): number => info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs + elapsedMs();
  const remainingOverallMs = (): number =>
    info.scheduleToCloseTimeoutMs > 0 ? info.scheduleToCloseTimeoutMs - ageMs() : Number.POSITIVE_INFINITY;
  const remainingMs = (): number => Math.min(info.startToCloseTimeoutMs - elapsedMs(), remainingOverallMs());
  return { ageMs, remainingOverallMs, remainingMs };
}

/** What one attempt tells the next: what it has seen and what it has kept. */
class Details {
  readonly clock: Clock;
  readonly #sightings: Sightings;
  #work: unknown;
  #hasKeptWork = false;
  #pauseMs: number | undefined;

  constructor(info: Info) {
    const { sightings, work, pauseMs } = left(info.heartbeatDetails);
    this.clock = clockOf(info);
    const { currentAttemptScheduledTimestampMs: scheduledMs } = info;
    this.#sightings = new Sightings(sightings, { scheduledMs, pauseMs: typeof pauseMs === 'number' ? pauseMs : 0 });
    this.#work = work;
  }

  get current(): unknown {
    return { sightings: this.#sightings.carried, work: this.#work, pauseMs: this.#pauseMs };
  }

  get haveChanged(): boolean {
    return this.#sightings.haveChanged || this.#hasKeptWork;
  }

  attempt(readsLagMs: number, signal: AbortSignal): Attempt {
    const context = Context.current();
    return {
      id: randomUUID(),
      signal,
      readsLagMs,
      sighted: this.#sightings.sighted,
      isCancelled: () => context.cancellationDetails?.cancelRequested === true,
      lastSeen: this.#sightings.lastSeen,
      keptWork: this.#work,
      keepWork: (work) => {
        this.#work = work;
        this.#hasKeptWork = true;
      },
      pauses: (ms) => {
        this.#pauseMs = ms;
      },
      ageMs: this.clock.ageMs,
      remainingMs: this.clock.remainingOverallMs,
    };
  }
}

function left(details: unknown): {
  readonly sightings?: unknown;
  readonly work?: unknown;
  readonly pauseMs?: unknown;
} {
  return typeof details === 'object' && details !== null ? details : {};
}
