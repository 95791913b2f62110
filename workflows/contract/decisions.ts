import type { AnsweredAttention } from './attention';
import type { RejectionReason } from './eligibility';

/**
 * What somebody decided about a closure, as the audit log keeps it: after Temporal's retention it is all that proves who
 * wanted what. Taken by the Workflow, carried to the log by the next Activity; one
 * that ends the closure by the Activity that writes the ending. `at`: Workflow time, ISO 8601, UTC; with the
 * step it is the decision's key, so that one that is carried twice is written once.
 */
export type Decision =
  | { readonly step: 'request'; readonly at: string; readonly publicKey: string }
  | {
      readonly step: 'confirm';
      readonly at: string;
      readonly planDigest: string;
      readonly signature: string;
    }
  | { readonly step: 'decline-export'; readonly at: string; readonly signature: string }
  | { readonly step: 'withdraw'; readonly at: string }
  | { readonly step: 'reject'; readonly at: string; readonly reason: RejectionReason }
  | { readonly step: 'expire'; readonly at: string; readonly confirmBy: string }
  | (AnsweredAttention & { readonly step: 'resolve'; readonly at: string });

/** How a closure can end before anything is erased. Written once, before it is published, unless the erasure has begun. */
export type Ending = 'withdrawn' | 'expired' | 'rejected';

/** A decision that ends the closure: kept only when it did. */
export type EndingDecision = Extract<Decision, { readonly step: 'withdraw' | 'expire' | 'reject' }>;

/** How the closure ends by each of them. */
export const ENDINGS: Readonly<Record<EndingDecision['step'], Ending>> = {
  withdraw: 'withdrawn',
  expire: 'expired',
  reject: 'rejected',
};
