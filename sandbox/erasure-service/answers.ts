/** What a handler answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: unknown;
}

/** A refusal that says why (RFC 9457). The last part of `type` is what the caller shows its operators: a code, never a name. */
export function problem(status: number, code: string, title: string): Answer {
  const type = `https://erasure-service.example/problems/${code}`;
  return { status, headers: { 'content-type': 'application/problem+json' }, body: { type, title, status } };
}
