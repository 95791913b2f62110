import type { Account } from '../workflows/contract/account';
import type { Stopped } from '../workflows/contract/activities';
import type { Blocker, Eligibility, RejectionReason } from '../workflows/contract/eligibility';
import type { Directory, DirectoryAccount } from './ports/directory';
import type { Whereabouts } from './ports/erasure-target';
import { IndeterminateAnswerError } from './ports/faults';
import { Sensitive } from './ports/sensitive';
import type { TenantRealm } from './ports/tenant-realm';

/** Where eligibility is read from. */
export interface EligibilitySources {
  readonly directory: Directory;
  readonly realm: TenantRealm;
}

type TenantReason = Extract<RejectionReason, 'managed-tenant' | 'federated-tenant' | 'unknown-tenant'>;

interface Question {
  readonly account: Account;
  /** Since when the question is being asked: one answer "no such account" may come from a replica that lags. */
  readonly askedForMs: number;
  readonly signal: AbortSignal;
}

/** "No such account" is believed when it is still the answer after so long. */
const ABSENCE_SETTLES_MS = 5_000;

/**
 * Whether the account may be closed here: it lives in the pinned tenant, the tenant is unmanaged, the account can sign in,
 * is no administrator, and nothing would be left without an owner. All blockers are found before any is reported. To be asked
 * before our own fence only: afterwards a blocked sign-in is our own doing.
 */
export async function assessEligibility(
  sources: EligibilitySources,
  { account, askedForMs, signal }: Question,
): Promise<Eligibility> {
  const found = await sources.directory.findAccount(account, signal);
  if (found === undefined) return await refuseAbsent(sources.directory, { account, askedForMs, signal });

  const tenantReason = await tenantRefusal(sources.realm, account, { found, signal });
  if (tenantReason !== undefined) return rejected(tenantReason);
  if (found.isSignInBlocked) return rejected('account-disabled');
  if (await sources.directory.hasDirectoryRole(account, signal)) return rejected('is-administrator');

  const blockers = [...guestBlocker(found), ...(await sources.directory.listSoleOwnerships(account, signal))];
  return blockers.length === 0 ? { kind: 'eligible' } : { kind: 'rejected', reason: 'blocked', blockers };
}

/**
 * The question that is asked again immediately before every destructive call: where is the account, does the tenant still
 * have no administrator, and is the domain still in it? After our own soft delete the domain comes from the deleted account.
 */
export async function recheckTenant(
  { directory, realm }: EligibilitySources,
  account: Account,
  signal: AbortSignal,
): Promise<Whereabouts | Stopped> {
  const live = await directory.findAccount(account, signal);
  const found = live ?? (await directory.findDeletedAccount(account, signal));
  if (found === undefined) return { kind: 'nowhere' };

  // A deleted account cannot sign in either.
  const isBlocked = live === undefined || live.isSignInBlocked;
  const reason = await tenantRefusal(realm, account, { found, signal });
  if (reason !== undefined) return { kind: 'stopped', reason, signIn: isBlocked ? 'blocked' : 'not-blocked', done: [] };
  return live === undefined ? { kind: 'deleted' } : { kind: 'live' };
}

async function refuseAbsent(directory: Directory, { account, askedForMs, signal }: Question): Promise<Eligibility> {
  const isDeleted = (await directory.findDeletedAccount(account, signal)) !== undefined;
  if (isDeleted || askedForMs >= ABSENCE_SETTLES_MS) return rejected('no-such-account');
  throw new IndeterminateAnswerError('directory', 'the account was not found at the first look');
}

async function tenantRefusal(
  realm: TenantRealm,
  account: Account,
  { found, signal }: { readonly found: DirectoryAccount; readonly signal: AbortSignal },
): Promise<TenantReason | undefined> {
  const kind = await realm.kindOf(found.address, signal);
  switch (kind) {
    case 'managed':
      return 'managed-tenant';
    case 'federated':
      return 'federated-tenant';
    case 'unknown':
      return 'unknown-tenant';
    case 'unmanaged':
      return (await realm.tenantOf(domainOf(found.address), signal)) === account.tenantId
        ? undefined
        : 'unknown-tenant';
  }
}

function domainOf(address: Sensitive<string>): Sensitive<string> {
  const text = address.reveal();
  return new Sensitive(text.slice(text.lastIndexOf('@') + 1));
}

function guestBlocker({ isGuest }: DirectoryAccount): Blocker[] {
  return isGuest ? [{ kind: 'guest-account', count: 1 }] : [];
}

function rejected(reason: RejectionReason): Eligibility {
  return { kind: 'rejected', reason };
}
