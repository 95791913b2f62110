import type { Attempt } from '../../activities/attempt';
import { Sightings } from '../../activities/sightings';

/** An attempt as an Activity is given it, that long after the Activity was scheduled, with what earlier ones have seen. */
export function anAttempt(
  changes: Partial<Attempt> & { readonly atMs?: number } = {},
  carried?: unknown,
): Attempt & { readonly sightings: Sightings } {
  const { atMs = 0, ...rest } = changes;
  const sightings = new Sightings(carried, { scheduledMs: 1_000_000 + atMs, pauseMs: atMs });
  return {
    id: 'attempt-1',
    signal: new AbortController().signal,
    readsLagMs: 600_000,
    isCancelled: () => false,
    sighted: sightings.sighted,
    lastSeen: sightings.lastSeen,
    keptWork: undefined,
    keepWork: () => undefined,
    pauses: () => undefined,
    ageMs: () => atMs,
    remainingMs: () => Number.POSITIVE_INFINITY,
    sightings,
    ...rest,
  };
}
