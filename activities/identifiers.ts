import { createHmac, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { TargetInput } from '../workflows/contract/activities';
import type { TargetName } from '../workflows/contract/targets';
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
interface OfPlan extends HistoryRef {
  /** The plan's round. */
  readonly round: number;
}

/** Of which target, as it was described: by another description the same key may be somebody else's. */
interface OfTarget extends OfPlan {
  readonly target: TargetName;
  readonly definitionDigest: string;
}

/** Keeps what a target has found for this plan, unless something was kept before: answers what is kept. */
export async function keepIdentifiers(
  vault: IdentifierVault,
  ofTarget: OfTarget,
  { found, signal }: { readonly found: Identifiers; readonly signal: AbortSignal },
): Promise<Kept> {
  const { closureId, firstRunId, round } = ofTarget;
  const ofPlan = { closureId, firstRunId, round };
  const shared = await vault.keep({ ...ofPlan, target: SHARED }, newShared(), signal);
  const identifiers = await vault.keep({ ...ofPlan, target: keptAs(ofTarget) }, found, signal);
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

/** Of which target of which plan, and the digest that the plan says of what was kept. */
type Promised = Pick<TargetInput, 'closureId' | 'firstRunId' | 'planRound' | 'target' | 'definitionDigest' | 'subject'>;

/**
 * What was kept for the plan. Compared with what the plan says of it: whoever can write into the vault must not be able to say
 * whose data is erased.
 * @throws StepNeedsOperatorError `IdentifiersMissing` when nothing is there, or something else than was promised
 */
export async function openIdentifiers(
  vault: IdentifierVault,
  { closureId, firstRunId, planRound, subject, ...described }: Promised,
  signal: AbortSignal,
): Promise<Kept> {
  const ofPlan = { closureId, firstRunId, round: planRound };
  const shared = await vault.open({ ...ofPlan, target: SHARED }, signal);
  const identifiers = await vault.open({ ...ofPlan, target: keptAs(described) }, signal);
  if (shared === undefined || identifiers === undefined) throw new StepNeedsOperatorError('IdentifiersMissing');
  const kept = keptOf(identifiers, hashKeyIn(shared));
  if (kept.digest !== subject) throw new StepNeedsOperatorError('IdentifiersMissing');
  return kept;
}

/** The file may change between two attempts of one plan: so much of a digest tells one description from another. */
const DIGITS = 16;

function keptAs({ target, definitionDigest }: Pick<OfTarget, 'target' | 'definitionDigest'>): string {
  return `${target}@${definitionDigest.slice(0, DIGITS)}`;
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
