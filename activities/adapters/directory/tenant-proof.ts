import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import { toGuid } from '../../../workflows/contract/ids';
import type { Absent } from '../../ports/directory';
import { AccessDeniedError, IndeterminateAnswerError, NotAuthenticatedError } from '../../ports/faults';
import { trimSlash } from '../http';
import type { GraphSession } from './graph-http';

const OPERATION = 'directory.read-organization';
const AT = { farEnd: 'directory', operation: OPERATION } as const;

const organization = z.object({ id: z.string() });

/**
 * Reads from the directory itself which tenant it is, with the session's token. Without this an honest-looking 404 may be that
 * of another tenant's directory.
 * @throws IndeterminateAnswerError when it is another one, or does not say
 * @throws AccessDeniedError when it may not be read: that is a missing right and tells nothing about the account
 */
export async function proveTenant(session: GraphSession, account: Account): Promise<Absent['provenBy']> {
  const tenants = new Set<string>();
  const entries = session.list({ operation: OPERATION, path: '/organization?$select=id', item: organization });
  for await (const { id } of entries) {
    const tenantId = toGuid(id);
    if (tenantId === undefined) throw new IndeterminateAnswerError(AT, 'an id is not a GUID');
    tenants.add(tenantId);
  }
  if (tenants.size === 0) throw new IndeterminateAnswerError(AT, 'it does not say which tenant it is');
  if (!tenants.has(account.tenantId)) throw new IndeterminateAnswerError(AT, "it is another tenant's directory");
  return tenants.size === 1 ? 'pinned-tenant' : 'among-several';
}

/** A token that was good for the object and is not for the organization, however often it is renewed, lacks a right. */
export function missingRight(error: unknown): unknown {
  const isRefusedProof = error instanceof NotAuthenticatedError && error.detail.operation === OPERATION;
  return isRefusedProof ? new AccessDeniedError({ farEnd: error.farEnd, ...error.detail }) : error;
}

/** Which far end a URL of Graph is, opaquely: the same for every spelling of the same address. */
export function farEndDigest(graphUrl: string): string {
  const { origin, pathname } = new URL(graphUrl);
  return createHash('sha256')
    .update(`${origin}${trimSlash(pathname)}`)
    .digest('hex')
    .slice(0, 32);
}
