/** Tells the server that the attempt is alive, with its details. Comes back when the server has answered; fails otherwise. */
export type Beat = (details: unknown) => Promise<void>;

/** What beats, how often, and what becomes of a lost one. */
interface Beating {
  readonly beat: Beat;
  /** After so long without a beat the server gives the attempt up, in milliseconds. */
  readonly timeoutMs: number;
  /** The details of the attempt as they are now: every beat carries them. */
  readonly details: () => unknown;
  /** No beat has come through for nearly the whole time-out: the server is about to begin another attempt. */
  readonly onLost: () => void;
}

const BEATS_PER_TIMEOUT = 3;
const LEAST_MARGIN_MS = 1_000;

/** Beats from now on, the first time after a third of the time-out; the returned function ends it. */
export function keepBeating({ beat, timeoutMs, details, onLost }: Beating): () => void {
  const patienceMs = Math.max(timeoutMs - Math.max(timeoutMs / 6, LEAST_MARGIN_MS), timeoutMs / 2);
  let loss = setTimeout(onLost, patienceMs);
  let isUnderWay = false;
  let hasEnded = false;

  const tell = async (): Promise<void> => {
    const sentAt = performance.now();
    await beat(details());
    clearTimeout(loss);
    // The server counts from when the beat arrived, which was not before it was sent.
    if (!hasEnded) loss = setTimeout(onLost, Math.max(patienceMs - (performance.now() - sentAt), 0));
  };
  const beats = setInterval(() => {
    if (isUnderWay) return;
    isUnderWay = true;
    tell()
      // The next one may come through; if none does, the loss is noticed in time.
      .catch(() => undefined)
      .finally(() => {
        isUnderWay = false;
      });
  }, timeoutMs / BEATS_PER_TIMEOUT);
  return () => {
    hasEnded = true;
    clearInterval(beats);
    clearTimeout(loss);
  };
}
