import { Context } from '@temporalio/activity';

/** Time kept back at the end of an attempt, so that it has ended when the next one begins. */
const MARGIN_MS = 1_000;

/**
 * The signal that ends everything this attempt does: when the Activity is cancelled, and just before its own
 * start-to-close time-out, after which another attempt may be under way. So no attempt becomes a zombie that goes on
 * deleting.
 */
export function attemptSignal(): AbortSignal {
  const { cancellationSignal, info } = Context.current();
  const attempt = new AbortController();
  // Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect the time-out as garbage, and it never comes.
  const timer = setTimeout(
    () => {
      attempt.abort(new DOMException('The attempt ran out of time.', 'TimeoutError'));
    },
    Math.max(Math.min(info.startToCloseTimeoutMs, remainingOverallMs()) - MARGIN_MS, 1),
  );
  timer.unref();
  const onCancelled = (): void => {
    clearTimeout(timer);
    attempt.abort(cancellationSignal.reason);
  };
  if (cancellationSignal.aborted) onCancelled();
  else cancellationSignal.addEventListener('abort', onCancelled, { once: true });
  return attempt.signal;
}

/**
 * How long ago the Activity was scheduled, in milliseconds, when this attempt was. Both instants are the server's, so the
 * clock of this machine has no say in it.
 */
export function ageMs(): number {
  const { info } = Context.current();
  return info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
}

/** How long the Activity as a whole still has, in milliseconds; without end when it has no overall time-out. */
export function remainingOverallMs(): number {
  const { scheduleToCloseTimeoutMs } = Context.current().info;
  return scheduleToCloseTimeoutMs > 0 ? scheduleToCloseTimeoutMs - ageMs() : Number.POSITIVE_INFINITY;
}

/** Tells the server every few seconds that the attempt is alive, which is also how a running attempt learns that it is cancelled. */
export async function whileHeartbeating<T>(perform: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const { heartbeatTimeoutMs } = context.info;
  if (!heartbeatTimeoutMs) return await perform();
  const timer = setInterval(() => {
    context.heartbeat();
  }, heartbeatTimeoutMs / 3);
  try {
    return await perform();
  } finally {
    clearInterval(timer);
  }
}
