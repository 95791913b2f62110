import { z } from 'zod';
import type { Guid } from '../../../workflows/contract/account';
import { NotAuthenticatedError } from '../../ports/faults';
import type { Sensitive } from '../../ports/sensitive';

const claimsSchema = z.object({ tid: z.string() });

/**
 * Refuses a token that says itself that it is for another tenant: every answer to it would be another directory's. That a
 * token says the right tenant proves nothing (it says what was asked for, not who answers), and most that are no JWT say
 * nothing at all.
 * @throws NotAuthenticatedError before anything is sent: the credentials are wrong for this account, and another token may help
 */
export function assertTokenOf(tenantId: Guid, token: Sensitive<string>): void {
  const said = tenantIn(token.reveal());
  if (said === undefined || said.toLowerCase() === tenantId) return;
  throw new NotAuthenticatedError({
    farEnd: 'directory',
    operation: 'directory.get-token',
    code: 'token-of-another-tenant',
  });
}

/** `tid` of a JWT's payload, when it has one. */
function tenantIn(token: string): string | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  const claims = claimsSchema.safeParse(payload === undefined ? undefined : parseOrNothing(payload));
  return claims.data?.tid;
}

function parseOrNothing(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
