/** Why a message was refused. The client's error codes are the same. */
export const REFUSALS = [
  'malformed-confirmation',
  'wrong-token',
  'stale-plan',
  'window-over',
  'not-awaiting-confirmation',
  'past-point-of-no-return',
  'closure-has-ended',
  'nothing-to-resolve',
  'malformed-resolution',
  'not-exemptible',
  'unknown-basis',
  'malformed-report',
  'not-exporting',
  'repeated-too-often',
] as const;

/** One of `REFUSALS`. */
export type Refusal = (typeof REFUSALS)[number];

/** Each refusal in words: what is wrong, and what would help. The only home of these texts. */
export const REFUSAL_TEXTS: Readonly<Record<Refusal, string>> = {
  'malformed-confirmation':
    'A confirmation is { planDigest: 64 hex digits, signature: 86 characters base64url }, and nothing else.',
  'wrong-token':
    'The message was not signed with the token of this closure: use the token that the closure was requested with.',
  'stale-plan': 'The confirmation is for another plan: show the plan of the status now, and confirm its planDigest.',
  'window-over': 'The time to confirm is over: nothing is erased. Request the closure again.',
  'not-awaiting-confirmation': 'The closure does not wait for a confirmation: see its phase.',
  'past-point-of-no-return': 'The erasure has begun: the closure cannot be withdrawn any more.',
  'closure-has-ended': 'The closure has ended already: see its outcome.',
  'nothing-to-resolve': 'No such step waits for an operator: see `attention` in the status.',
  'malformed-resolution':
    "A resolution is { target, action: 'retry', by, since? } or { target, action: 'exempt', basis, by, since? }, where by is an opaque id of at most 64 letters, digits, '.', '_' or '-', and since is that of the attention.",
  'not-exemptible':
    'Only an erasure target can be exempt, and only past the point of no return: repair the cause, then retry, or let the person withdraw.',
  'unknown-basis':
    'The basis is none of the closed list, nor one that the targets file added when this closure began: see docs/targets.',
  'malformed-report': "A report is { step: 'export-declined', signature: 86 characters base64url }, and nothing else.",
  'not-exporting': 'The closure does not wait for the export: see its phase.',
  'repeated-too-often':
    'This message was accepted long ago, and was repeated too often since: read the status instead.',
};

/** Whether a failure's type is one of the refusals. */
export function isRefusal(type: unknown): type is Refusal {
  return REFUSALS.some((known) => known === type);
}
