import type { Account } from '../../workflows/contract/account';
import type { Blocker } from '../../workflows/contract/eligibility';
import type { Sensitive } from './sensitive';

/** An account as the directory knows it now. */
export interface DirectoryAccount {
  /** Sign-in address (UPN). Of a deleted account the directory may have put a prefix before it; the domain is right. */
  readonly address: Sensitive<string>;
  readonly isSignInBlocked: boolean;
  readonly isGuest: boolean;
}

/** How far an export is. `unknown`: the directory does not know the operation. */
export type ExportProgress = 'running' | 'complete' | 'failed' | 'unknown';

/** What became of the request for an export. `location-used`: the container was used before; see what is in it. */
export type ExportRequestAnswer =
  { readonly kind: 'accepted'; readonly operationId: string } | { readonly kind: 'location-used' };

/** What became of a purge. */
export type PurgeAnswer = 'purged' | 'absent';

/** The directory says that there is no such object (`Request_ResourceNotFound` for the very object), and which directory it is. */
export interface Absent {
  readonly kind: 'absent';
  /**
   * What the same attempt, with the same token, read of the directory itself (`GET /organization`). `pinned-tenant`: it is the
   * account's tenant and no other. `among-several`: a gateway serves several tenants, the account's among them; such an absence
   * is believed only of an object that was read alive through the same `reachedThrough` before.
   */
  readonly provenBy: 'pinned-tenant' | 'among-several';
}

/** What a look at the account found. */
export type AccountLook = ({ readonly kind: 'found' } & DirectoryAccount) | Absent;

/**
 * The directory that holds the account. Every call makes one attempt; every call names the account by tenant and object
 * id, and is made with credentials for that tenant. "Absent" of a look is answered only with the proof that the directory that
 * said so is the account's; anything unclear is a fault. A changing call is believed only when it is answered by its documented
 * success; `absent` of one is the directory's own 404 for the object, and no proof of anything.
 */
export interface Directory {
  /** Opaque: which far end the looks go through (a digest of its address). Another value means another directory. */
  readonly reachedThrough: string;
  /** The live account. */
  readonly findAccount: (account: Account, signal: AbortSignal) => Promise<AccountLook>;
  /** The soft-deleted account. */
  readonly findDeletedAccount: (account: Account, signal: AbortSignal) => Promise<AccountLook>;
  /** Whether the account has any directory (administrator) role, directly or through groups. */
  readonly hasDirectoryRole: (account: Account, signal: AbortSignal) => Promise<boolean>;
  /** Everything that would be left without an owner. Guests are not judged here. */
  readonly listSoleOwnerships: (account: Account, signal: AbortSignal) => Promise<readonly Blocker[]>;
  /** How much hangs on the account, each counted to the end of its list. */
  readonly countHoldings: (account: Account, signal: AbortSignal) => Promise<DirectoryHoldings>;
  /** Asks for an export into the container behind the SAS URL. Not idempotent: never repeat it blindly. */
  readonly requestExport: (
    account: Account,
    sasUrl: Sensitive<string>,
    signal: AbortSignal,
  ) => Promise<ExportRequestAnswer>;
  readonly exportProgress: (account: Account, operationId: string, signal: AbortSignal) => Promise<ExportLook>;
  /** Blocks sign-in. `absent`: no such live account. */
  readonly blockSignIn: (account: Account, signal: AbortSignal) => Promise<'blocked' | 'absent'>;
  /** Ends the account's sessions. `absent`: no such live account. */
  readonly revokeSessions: (account: Account, signal: AbortSignal) => Promise<'revoked' | 'absent'>;
  /** Moves the account to the deleted items. `absent`: no such live account. */
  readonly softDelete: (account: Account, signal: AbortSignal) => Promise<'deleted' | 'absent'>;
  /** Deletes the account from the deleted items for good. @throws PurgeRefusedError when the directory will not */
  readonly purge: (account: Account, signal: AbortSignal) => Promise<PurgeAnswer>;
}

/** Counts of what hangs on an account. All but what it owns goes with it; that stays, with one owner less. */
export interface DirectoryHoldings {
  /** Groups and directory roles that it is in directly. */
  readonly memberships: number;
  /** App roles that were given to the account itself: what it has through a group belongs to the group. */
  readonly appRoleAssignments: number;
  /** Permissions that the person gave to applications. */
  readonly consents: number;
  /** Directory objects that it owns, alone or with others. */
  readonly ownedObjects: number;
}

/** One look at an export. */
export interface ExportLook {
  readonly progress: ExportProgress;
  /** When the directory asks to look again; absent when it does not say. */
  readonly retryAfterMs?: number;
}
