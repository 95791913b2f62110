/** Ours: the real Workflow and Activities. Bare: a Workflow that issues the same commands and does nothing. */
export const VARIANTS = ['ours', 'bare'] as const;

/** One of `VARIANTS`. */
export type Variant = (typeof VARIANTS)[number];

/** Where a benchmark runs. */
export interface Server {
  /** Host and port. */
  readonly address: string;
  readonly namespace: string;
}

/** The Task Queue of a variant: each has a worker of its own. */
export function taskQueueOf(variant: Variant): string {
  return `bench-${variant}`;
}
