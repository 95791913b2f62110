import type { Account } from '../workflows/contract/account';
import type { Blocker, Eligibility, RejectionReason } from '../workflows/contract/eligibility';
import type { Directory, DirectoryAccount } from './ports/directory';
import type { TakenOver } from './ports/erasure-target';
import { Sensitive } from './ports/sensitive';
import type { TenantRealm } from './ports/tenant-realm';
import { lookFor, type Sought, type Whereabouts } from './ports/whereabouts';
import { believe, type Observer } from './sightings';

/** Where eligibility is read from. */
export interface EligibilitySources {
  readonly directory: Directory;
  readonly realm: TenantRealm;
}

/**
 * Whether the account may be closed here: it lives in the pinned tenant, the tenant is unmanaged, the account can sign in,
 * is no administrator, and nothing would be left without an owner. All blockers are found before any is reported. To be asked
 * before our own fence only: afterwards a blocked sign-in is our own doing.
 * @throws NotYetError `ReadsUnsettled` when there is no such account, until that was the answer for as long as reads may lag
 */
export async function assessEligibility(
  sources: EligibilitySources,
  sought: Sought,
  observer: Observer,
): Promise<Eligibility> {
  const { account, signal } = sought;
  const { whereabouts, found } = await lookFor(sources.directory, sought);
  if (whereabouts.kind !== 'live' || found === undefined) {
    believe(observer, 'account', 'not live');
    return rejected('no-such-account');
  }
  observer.sighted('account', 'live');

  const answer = await judge(sources, { account, signal }, { found, isSignInBlocked: whereabouts.isSignInBlocked });
  // At first a refusal costs the person a new request. After a yes it is final: it must not be a read that lags.
  if (sought.reachedThrough !== undefined) settle(observer, answer);
  return answer;
}

function settle(observer: Observer, answer: Eligibility): void {
  if (answer.kind === 'eligible') observer.sighted('eligibility', 'eligible');
  else believe(observer, 'eligibility', answer.reason);
}

async function judge(
  { directory, realm }: EligibilitySources,
  { account, signal }: Pick<Sought, 'account' | 'signal'>,
  { found, isSignInBlocked }: { readonly found: DirectoryAccount; readonly isSignInBlocked: boolean },
): Promise<Eligibility> {
  const tenantReason = await tenantRefusal(realm, account, { found, signal });
  if (tenantReason !== undefined) return rejected(tenantReason);
  if (isSignInBlocked) return rejected('account-disabled');
  if (await directory.hasDirectoryRole(account, signal)) return rejected('is-administrator');

  const blockers = [...guestBlocker(found), ...(await directory.listSoleOwnerships(account, signal))];
  return blockers.length === 0 ? { kind: 'eligible' } : { kind: 'rejected', reason: 'blocked', blockers };
}

/**
 * The question that is asked again immediately before every changing call: where is the account, does the tenant still have
 * no administrator, and is the domain still in it? After our own soft delete the domain comes from the deleted account.
 */
export async function recheckTenant(
  { directory, realm }: EligibilitySources,
  sought: Sought,
): Promise<Whereabouts | TakenOver> {
  const { whereabouts, found } = await lookFor(directory, sought);
  if (whereabouts.kind === 'nowhere' || found === undefined) return whereabouts;
  const reason = await tenantRefusal(realm, sought.account, { found, signal: sought.signal });
  return reason === undefined ? whereabouts : { kind: 'taken-over', reason, where: whereabouts };
}

async function tenantRefusal(
  realm: TenantRealm,
  account: Account,
  { found, signal }: { readonly found: DirectoryAccount; readonly signal: AbortSignal },
): Promise<TakenOver['reason'] | undefined> {
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
