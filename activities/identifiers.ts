import { createHmac, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { HistoryRef } from './ports/audit-log';
import type { Kept } from './ports/erasure-target';
import type { Identifiers, IdentifierVault } from './ports/identifier-vault';
import { Sensitive } from './ports/sensitive';
import { StepNeedsOperatorError } from './ports/step-faults';

/** Under this name the vault keeps what all targets of a plan share. */
const SHARED = 'closure';
const HASH_KEY = 'hashKey';
const KEY_BYTES = 32;

/** Whose identifiers: of which plan of which history. */
export interface OfPlan extends HistoryRef {
  /** The plan's round. */
  readonly round: number;
}

/** Keeps what a target has found for this plan, unless something was kept before: answers what is kept. */
export async function keepIdentifiers(
  vault: IdentifierVault,
  { closureId, firstRunId, round, target }: OfPlan & { readonly target: string },
  { found, signal }: { readonly found: Identifiers; readonly signal: AbortSignal },
): Promise<Kept> {
  const ofPlan = { closureId, firstRunId, round };
  const shared = await vault.keep({ ...ofPlan, target: SHARED }, newShared(), signal);
  const identifiers = await vault.keep({ ...ofPlan, target }, found, signal);
  return keptOf(identifiers, hashKeyIn(shared));
}

/**
 * What would be kept, compared by the key of the plan that was shown. Keeps nothing: where there is no such key any more the
 * answer is none that was given before.
 */
export async function compareIdentifiers(
  vault: IdentifierVault,
  ofPlan: OfPlan,
  { found, signal }: { readonly found: Identifiers; readonly signal: AbortSignal },
): Promise<Kept> {
  const { closureId, firstRunId, round } = ofPlan;
  const shared = await vault.open({ closureId, firstRunId, round, target: SHARED }, signal);
  return keptOf(found, hashKeyIn(shared ?? newShared()));
}

/** Whose identifiers, and what the plan says of them. */
export interface Promised extends OfPlan {
  readonly target: string;
  /** Their digest in the plan that was confirmed. */
  readonly subject: string | undefined;
}

/**
 * What was kept for the plan. Compared with what the plan says of it: whoever can write into the vault must not be able to say
 * whose data is erased.
 * @throws StepNeedsOperatorError `IdentifiersMissing` when nothing is there, or something else than was promised
 */
export async function openIdentifiers(
  vault: IdentifierVault,
  { closureId, firstRunId, round, target, subject }: Promised,
  signal: AbortSignal,
): Promise<Kept> {
  const ofPlan = { closureId, firstRunId, round };
  const shared = await vault.open({ ...ofPlan, target: SHARED }, signal);
  const identifiers = await vault.open({ ...ofPlan, target }, signal);
  if (shared === undefined || identifiers === undefined) throw new StepNeedsOperatorError('IdentifiersMissing');
  const kept = keptOf(identifiers, hashKeyIn(shared));
  if (kept.digest !== subject) throw new StepNeedsOperatorError('IdentifiersMissing');
  return kept;
}

function newShared(): Identifiers {
  return { [HASH_KEY]: new Sensitive(randomBytes(KEY_BYTES).toString('base64url')) };
}

function hashKeyIn(shared: Identifiers): Sensitive<string> {
  const hashKey = shared[HASH_KEY];
  if (hashKey === undefined) throw new TypeError('what targets share always has a key for hashes');
  return hashKey;
}

function keptOf(identifiers: Identifiers, hashKey: Sensitive<string>): Kept {
  const revealed = Object.fromEntries(Object.entries(identifiers).map(([name, value]) => [name, value.reveal()]));
  const text = canonicalize(revealed) ?? '';
  const digest = createHmac('sha256', Buffer.from(hashKey.reveal(), 'base64url')).update(text, 'utf8').digest('hex');
  return { identifiers, hashKey, digest };
}
