import type { ClosurePolicy } from './policy';

/** Why a closure is refused. The list is closed: callers branch on it. */
export const REJECTION_REASONS = [
  'managed-tenant',
  'federated-tenant',
  'unknown-tenant',
  'no-such-account',
  'account-disabled',
  'is-administrator',
  'blocked',
  'token-used',
] as const;

/** One of `REJECTION_REASONS`. */
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Why a closure stopped after the point of no return. */
export type StopReason =
  'account-gone' | Extract<RejectionReason, 'managed-tenant' | 'federated-tenant' | 'unknown-tenant'>;

/** What has to be put in order before the account can be closed. */
export const BLOCKER_KINDS = [
  'guest-account',
  'sole-owner-of-groups',
  'sole-owner-of-applications',
  'sole-owner-of-service-principals',
] as const;

/** One of `BLOCKER_KINDS`, with the number of objects concerned. */
export interface Blocker {
  readonly kind: (typeof BLOCKER_KINDS)[number];
  readonly count: number;
}

/** A closure is refused: the reason, and with `blocked` the full list of what stands in the way. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
  readonly blockers?: readonly Blocker[];
}

/** Whether the account may be closed here. An answer that cannot be told is a fault, never one of these. */
export type Eligibility = { readonly kind: 'eligible' } | Rejection;

/** What a look found, with the policy that holds for the whole closure from the first look on. */
export interface EligibilityCheck {
  readonly eligibility: Eligibility;
  readonly policy: ClosurePolicy;
  /**
   * The point of no return lies behind this closure: what is odd about the account is our own doing, and nothing is judged
   * anew (a run that an operator reset comes here again).
   */
  readonly isPastPointOfNoReturn: boolean;
  /** Past it: the person had gone on without an export then. ISO 8601, UTC. */
  readonly exportDeclinedAt?: string;
}

/** What the person can do about a refusal, in plain words. */
export const REJECTION_ADVICE: Readonly<Record<RejectionReason, string>> = {
  'managed-tenant':
    'Your organisation is managed by an administrator: contact your administrator to have the account closed.',
  'federated-tenant':
    'Your organisation signs in through its own identity provider: contact your administrator to have the account closed.',
  'unknown-tenant':
    "The account's domain does not belong to the tenant that was named: sign in with the account to be closed and request the closure again.",
  'no-such-account':
    'There is no such account in this tenant: sign in with the account to be closed and request the closure again.',
  'account-disabled': 'Sign-in to this account is blocked: have it enabled again, then request the closure again.',
  'is-administrator':
    'This account has an administrator role: give the role to somebody else or have it removed, then request the closure again.',
  blocked: 'Something has to be put in order first: see the blockers, resolve each, then request the closure again.',
  'token-used':
    'This confirmation token belongs to an earlier closure that is over: make a new token, then request the closure again.',
};

/** What can be done about a closure that has stopped, in plain words. */
export const STOP_ADVICE: Readonly<Record<StopReason, string>> = {
  'account-gone':
    'The account was removed by somebody else while it was being closed. See what was done and what was not.',
  'managed-tenant':
    'The organisation got an administrator while the account was being closed: contact the administrator about the rest.',
  'federated-tenant':
    'The organisation got its own identity provider while the account was being closed: contact its administrator.',
  'unknown-tenant':
    "The account's domain moved to another tenant while the account was being closed: contact its administrator.",
};
