import { createHmac } from 'node:crypto';
import { Sensitive } from '../../ports/sensitive';

/** What is signed: the message's id, when it is sent, and its body, byte for byte. */
export interface SignedMessage {
  /** Without a dot: dots divide what is signed. */
  readonly id: string;
  readonly at: Date;
  /** Empty for a request without a body. */
  readonly body: string;
}

/** Makes the three headers of Standard Webhooks for a message. */
export type Signer = (message: SignedMessage) => Record<string, string>;

/** `whsec_` and 24 to 64 bytes as Base64, as Standard Webhooks has it. */
const SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/**
 * Signs as Standard Webhooks, once with each secret, so that a service knows one of them while they are rotated.
 * @throws RangeError when there is no secret, or one is none; the message does not quote it
 */
export function createSigner(secrets: readonly Sensitive<string>[]): Signer {
  if (secrets.length === 0) throw new RangeError('An erasure service needs a secret.');
  const keys = secrets.map(toKey);
  return ({ id, at, body }) => {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signatures = keys.map((key) => `v1,${sign(key.reveal(), `${id}.${timestamp}.${body}`)}`);
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
  };
}

function toKey(secret: Sensitive<string>): Sensitive<Buffer> {
  const key = Buffer.from(SECRET.exec(secret.reveal())?.[1] ?? '', 'base64');
  if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) {
    throw new RangeError('A secret of an erasure service has to be "whsec_" and 24 to 64 bytes as Base64.');
  }
  return new Sensitive(key);
}

function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}
