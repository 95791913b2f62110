/**
 * Ours: the real Workflow and Activities, with the directory account alone. Bare: a Workflow that issues the same commands and
 * does nothing. Three: ours, with a database and a service besides.
 */
export const VARIANTS = ['ours', 'bare', 'three'] as const;

/** One of `VARIANTS`. */
export type Variant = (typeof VARIANTS)[number];

/** Where a benchmark runs. */
export interface Server {
  /** Host and port. */
  readonly address: string;
  readonly namespace: string;
}

/** A bench in which nothing has happened for this long would never end by itself. */
export const GIVE_UP_AFTER_MS = 120_000;

/** The Task Queue of a variant: each has a worker of its own. */
export function taskQueueOf(variant: Variant): string {
  return `bench-${variant}`;
}
