import { z } from 'zod';
import { toGuid } from '../../../workflows/contract/ids';
import type { RequestInfo } from '../../ports/export-storage';

/** The file that the directory writes into a container before it queues an export. It is never removed by us. */
export const REQUEST_INFO_FILE = 'RequestInfo.json';

const guid = z.string().transform((text, context) => {
  const found = toGuid(text);
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'not a GUID' });
  return z.NEVER;
});

// The spelling inside `Subject` is not documented: both have been seen.
const requestInfo = z
  .object({
    CommandId: guid,
    Subject: z.object({
      ObjectId: guid.optional(),
      objectId: guid.optional(),
      TenantId: guid.optional(),
      tenantId: guid.optional(),
    }),
  })
  .transform(({ CommandId, Subject }) => ({
    operationId: CommandId,
    objectId: Subject.ObjectId ?? Subject.objectId,
    tenantId: Subject.TenantId ?? Subject.tenantId,
  }));

/** Reads the bytes of `RequestInfo.json`. Whatever does not name the operation and its subject is `broken`. */
export function parseRequestInfo(bytes: Uint8Array): RequestInfo {
  const parsed = requestInfo.safeParse(parseJson(bytes));
  if (!parsed.success) return { kind: 'broken' };
  const { operationId, objectId, tenantId } = parsed.data;
  if (objectId === undefined || tenantId === undefined) return { kind: 'broken' };
  return { kind: 'present', operationId, objectId, tenantId };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
