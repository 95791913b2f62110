import type { Account } from '../../workflows/contract/account';
import type { Absent, Directory, DirectoryAccount } from './directory';
import { IndeterminateAnswerError } from './faults';

/** Where the account is, by one look. `nowhere` is what the directory says beyond doubt; it may still be a read that lags. */
export type Whereabouts =
  | { readonly kind: 'live'; readonly isSignInBlocked: boolean }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'nowhere' };

/** The account as it was found, or `undefined` when it is nowhere. */
export interface Look {
  readonly whereabouts: Whereabouts;
  readonly found: DirectoryAccount | undefined;
}

/** Whose account, and through which far end this closure has read it alive before; absent before the first such look. */
export interface Sought {
  readonly account: Account;
  readonly reachedThrough?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Looks for the account among the live ones and in the deleted items.
 * @throws IndeterminateAnswerError when it is not found and the directory is not proven to be the one that would know it
 */
export async function lookFor(directory: Directory, sought: Sought): Promise<Look> {
  const live = await directory.findAccount(sought.account, sought.signal);
  if (live.kind === 'found') {
    return { whereabouts: { kind: 'live', isSignInBlocked: live.isSignInBlocked }, found: live };
  }
  const deleted = await directory.findDeletedAccount(sought.account, sought.signal);
  if (deleted.kind === 'found') return { whereabouts: { kind: 'deleted' }, found: deleted };
  assertProven(directory, sought, [live, deleted]);
  return { whereabouts: { kind: 'nowhere' }, found: undefined };
}

/** Where a gateway serves several tenants, "absent" may be said of an object that it just does not reach. */
function assertProven({ reachedThrough }: Directory, sought: Sought, looks: readonly Absent[]): void {
  if (looks.every(({ provenBy }) => provenBy === 'pinned-tenant')) return;
  if (sought.reachedThrough === reachedThrough) return;
  throw new IndeterminateAnswerError(
    { farEnd: 'directory', operation: 'directory.find-account' },
    'the account was never read through this gateway, which serves several tenants',
  );
}
