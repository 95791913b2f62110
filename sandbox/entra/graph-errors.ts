import type { Refusal } from './answers';

/** What identifies one exchange in an error body. */
export interface Exchange {
  readonly requestId: string;
  readonly clientRequestId: string;
  /** The how-manieth refusal this is: every second one is spelt the other way. */
  readonly ordinal: number;
}

/**
 * An error body as Graph writes it. Both spellings occur in the wild, `innerError` and `innererror`; the latter repeats the
 * code inside, so that callers have to look there too.
 */
export function graphErrorBody({ code, message }: Refusal, exchange: Exchange): unknown {
  const identity = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': exchange.requestId,
    'client-request-id': exchange.clientRequestId,
  };
  const inner = exchange.ordinal % 2 === 0 ? { innerError: identity } : { innererror: { code, ...identity } };
  return { error: { code, message, ...inner } };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'Request_BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  404: 'Request_ResourceNotFound',
  405: 'Request_BadRequest',
  429: 'TooManyRequests',
  503: 'Request_ThrottledTemporarily',
};

/** The code that Graph uses with the status when nothing more is known. */
export function usualCodeOf(status: number): string {
  return CODES[status] ?? 'UnknownError';
}
