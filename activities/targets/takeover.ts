import type { Account } from '../../workflows/contract/account';
import type { StopReason } from '../../workflows/contract/eligibility';
import type { Directory, DirectoryAccount } from '../ports/directory';
import { Sensitive } from '../ports/sensitive';
import type { TenantRealm } from '../ports/tenant-realm';
import { lookFor, type Sought, type Whereabouts } from '../ports/whereabouts';

/** Where an account and its tenant are looked at. */
export interface TenantSources {
  readonly directory: Directory;
  readonly realm: TenantRealm;
}

/** Somebody else is in charge of the account now: nothing more is written. */
export interface TakenOver {
  readonly kind: 'taken-over';
  readonly reason: Exclude<StopReason, 'account-gone'>;
  readonly where: Exclude<Whereabouts, { readonly kind: 'nowhere' }>;
}

/** Whether sign-in is left blocked: a deleted account cannot sign in either. */
export function signInOf({ where }: TakenOver): 'blocked' | 'not-blocked' {
  return where.kind === 'deleted' || where.isSignInBlocked ? 'blocked' : 'not-blocked';
}

/**
 * The question that is asked again immediately before every changing call: where is the account, does the tenant still have
 * no administrator, and is the domain still in it? After our own soft delete the domain comes from the deleted account.
 */
export async function recheckTenant(
  { directory, realm }: TenantSources,
  sought: Sought,
): Promise<Whereabouts | TakenOver> {
  const { whereabouts, found } = await lookFor(directory, sought);
  if (whereabouts.kind === 'nowhere' || found === undefined) return whereabouts;
  const reason = await tenantRefusal(realm, sought.account, { found, signal: sought.signal });
  return reason === undefined ? whereabouts : { kind: 'taken-over', reason, where: whereabouts };
}

/** Why the tenant's account is not the person's own to close; nothing when it is. */
export async function tenantRefusal(
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
