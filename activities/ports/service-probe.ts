import type { HttpDefinition } from './target-catalog';

/** What one check of a service found. */
export interface ProbeFinding {
  /** Its code, e.g. `timestamp-old`. Kept stable. */
  readonly check: string;
  readonly ok: boolean;
  /** What the service does right; or what is wrong with it, and what to do. Quotes no secret and nothing of an answer but its status. */
  readonly words: string;
}

/** The first check: when it fails, nothing else was asked. */
export const REACHABLE_CHECK = 'reachable';

/**
 * Runs our contract against somebody's service, with people and closures that do not exist: nothing is erased. The findings
 * come one by one, in a fixed order; it ends early when the service is not there or does not accept our signature.
 * @throws RangeError when a secret is none
 * @throws the signal's reason, as it is, when the caller aborts
 */
export type ServiceProbe = (
  definition: Pick<HttpDefinition, 'name' | 'baseUrl' | 'secrets'>,
  signal: AbortSignal,
) => AsyncIterable<ProbeFinding>;
