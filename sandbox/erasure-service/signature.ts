import { createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it arrived, its body byte for byte. */
export interface SignedRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** An older request may be somebody's recording of one; a younger one has a clock that is wrong. */
const TOLERANCE_SECONDS = 5 * 60;

/** Whether one of our secrets has signed the request, just now (Standard Webhooks). Two secrets: while they are rotated. */
export function isSigned({ headers, body }: SignedRequest, secrets: readonly string[], now: Date): boolean {
  const id = String(headers['webhook-id'] ?? '');
  const timestamp = String(headers['webhook-timestamp'] ?? '');
  const ageSeconds = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || ageSeconds > TOLERANCE_SECONDS) return false;
  const signatures = String(headers['webhook-signature'] ?? '').split(' ');
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    return signatures.some((signature) => isSame(signature, expected));
  });
}

/** Compares in the same time, however much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
