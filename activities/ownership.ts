import { recheckTenant, signInOf, type TenantSources } from './targets/takeover';
import type { NoLongerOurs, Subject } from './ports/erasure-target';
import { believe, type Observer } from './sightings';

/** An answer that is not older than this is good for a further call. */
const GOOD_FOR_MS = 60_000;

/** The question under which looks at the account are counted. */
const ACCOUNT = 'account';

/** Whose erasure it is, and what this closure has done to the account itself. */
interface Owner extends Subject {
  readonly reachedThrough: string;
  /** The account was deleted by this very closure: then it is nowhere because of us. */
  readonly hasErasedAccount: () => boolean;
}

/**
 * Whether the data is still ours to erase, for a target that is not the account itself: the account is there, or gone by our
 * own doing, and its tenant still has no administrator.
 */
export function createOwnership(
  sources: TenantSources,
  { account, signal, reachedThrough, hasErasedAccount }: Owner,
  observer: Observer,
): () => Promise<NoLongerOurs | undefined> {
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<NoLongerOurs | undefined> => {
    const found = await recheckTenant(sources, { account, reachedThrough, signal });
    switch (found.kind) {
      case 'taken-over':
        believe(observer, ACCOUNT, `taken over: ${found.reason}`);
        return { kind: 'stopped', reason: found.reason, signIn: signInOf(found), done: [] };
      case 'nowhere':
        if (hasErasedAccount()) return undefined;
        believe(observer, ACCOUNT, 'nowhere');
        return { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: [] };
      case 'live':
      case 'deleted':
        observer.sighted(ACCOUNT, found.kind);
        return undefined;
    }
  };

  return async () => {
    if (performance.now() - askedAtMs < GOOD_FOR_MS) return undefined;
    const answer = await ask();
    // Only a yes is good for longer: whoever hears a no goes no further.
    if (answer === undefined) askedAtMs = performance.now();
    return answer;
  };
}
