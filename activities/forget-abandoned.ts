import type { Guid } from '../workflows/contract/account';
import type { ClosureLook } from './closure-runs';
import type { HistoryRef } from './ports/audit-log';
import type { IdentifierVault } from './ports/identifier-vault';

/** What is swept, and who is asked. */
export interface Sweep {
  readonly vault: Pick<IdentifierVault, 'histories' | 'forget'>;
  /** Throws when it cannot be told: then nothing is removed. */
  readonly look: (closureId: Guid) => Promise<ClosureLook>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A closure is cleared up when it ends; what an attempt that lives on unseen keeps behind that is old by then. */
const ENDED_AFTER_MS = DAY_MS;
/** Longer than a closure usually takes: a worker in the wrong namespace knows none, and must not empty the vault of the others. */
const UNKNOWN_AFTER_MS = 90 * DAY_MS;

/**
 * Removes identifiers that no closure needs any more although nobody has cleared up after it: its Workflow was terminated, or
 * an attempt kept something behind its end. Again, and by several workers at once, is harmless.
 * @returns how many were removed
 */
export async function forgetAbandoned({ vault, look }: Sweep, signal: AbortSignal): Promise<number> {
  const long = new Set((await vault.histories(UNKNOWN_AFTER_MS, signal)).map(nameOf));
  let removed = 0;
  for (const closure of await vault.histories(ENDED_AFTER_MS, signal)) {
    const seen = await look(closure.closureId);
    const isAbandoned = seen === 'ended' || (seen === 'unknown' && long.has(nameOf(closure)));
    if (isAbandoned) removed += await vault.forget(closure, signal);
  }
  return removed;
}

function nameOf({ closureId, firstRunId }: HistoryRef): string {
  return `${closureId}/${firstRunId}`;
}
