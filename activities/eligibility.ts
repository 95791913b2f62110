import type { Blocker, Eligibility, RejectionReason } from '../workflows/contract/eligibility';
import type { DirectoryAccount } from './ports/directory';
import { lookFor, type Sought } from './ports/whereabouts';
import { believe, type Observer } from './sightings';
import { tenantRefusal, type TenantSources } from './targets/takeover';

/**
 * Whether the account may be closed here: it lives in the pinned tenant, the tenant is unmanaged, the account can sign in,
 * is no administrator, and nothing would be left without an owner. All blockers are found before any is reported. To be asked
 * before our own fence only: afterwards a blocked sign-in is our own doing.
 * @throws NotYetError `ReadsUnsettled` when there is no such account, until that was the answer for as long as reads may lag
 */
export async function assessEligibility(
  sources: TenantSources,
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
  { directory, realm }: TenantSources,
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

function guestBlocker({ isGuest }: DirectoryAccount): Blocker[] {
  return isGuest ? [{ kind: 'guest-account', count: 1 }] : [];
}

function rejected(reason: RejectionReason): Eligibility {
  return { kind: 'rejected', reason };
}
