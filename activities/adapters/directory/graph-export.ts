import { z } from 'zod';
import { toGuid, type Account } from '../../../workflows/contract/account';
import type { ExportLook, ExportProgress, ExportRequestAnswer } from '../../ports/directory';
import { RequestRefusedError, UnavailableError } from '../../ports/faults';
import type { Sensitive } from '../../ports/sensitive';
import { parseJson, parseRetryAfter, type HttpAnswer } from '../http';
import type { GraphErrorCode } from './graph-errors';
import { odd, parseAs, presentAnswer, type Graph } from './graph-http';

const FAR_END = 'directory';

/** `progress` and `storageLocation` are left alone: the one is no sign of completion, the other is a secret. */
const operation = z.object({ id: z.string().nullish(), status: z.string(), userId: z.string().nullish() });

/**
 * Asks for an export into the container behind the SAS URL. Not idempotent.
 * @throws UnavailableError also when it was accepted without a usable operation id: read what happened, never ask again
 */
export async function requestExport(
  graph: Graph,
  { account, sasUrl }: { readonly account: Account; readonly sasUrl: Sensitive<string> },
  signal: AbortSignal,
): Promise<ExportRequestAnswer> {
  const path = `/users/${account.objectId}/exportPersonalData`;
  const body = { storageLocation: sasUrl.reveal() };
  const answer = await graph
    .call(account, { method: 'POST', path, body }, signal)
    .then(presentAnswer)
    .catch(unlessRefusedWith('StorageLocationAlreadyUsed'));
  if (answer === undefined) return { kind: 'location-used' };
  const operationId = operationIdOf(answer);
  if (operationId === undefined) throw new UnavailableError(FAR_END);
  return { kind: 'accepted', operationId };
}

/** One look at an export. A status that we do not know means that it still runs: our own deadline bounds it. */
export async function exportProgress(
  graph: Graph,
  { account, operationId }: { readonly account: Account; readonly operationId: string },
  signal: AbortSignal,
): Promise<ExportLook> {
  const path = `/dataPolicyOperations/${encodeURIComponent(operationId)}`;
  const found = await graph
    .call(account, { method: 'GET', path, prefer: 'include-unknown-enum-members' }, signal)
    .catch(unlessRefusedWith('OperationNotFound'));
  if (found === undefined || found.kind === 'absent') return { progress: 'unknown' };
  const { id, status, userId } = parseAs(operation, parseJson(FAR_END, found.answer.body));
  if (!isSame(id, operationId)) throw odd('the operation is another one');
  if (!isSame(userId, account.objectId)) throw odd("the export is somebody else's");
  const retryAfterMs = parseRetryAfter(found.answer.headers.get('retry-after'), new Date());
  return { progress: toProgress(status), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function toProgress(status: string): ExportProgress {
  return status === 'complete' || status === 'failed' ? status : 'running';
}

function isSame(echo: string | null | undefined, id: string): boolean {
  return typeof echo !== 'string' || echo.toLowerCase() === id.toLowerCase();
}

/** The id is the last segment of the operation's address. */
function operationIdOf({ headers }: HttpAnswer): string | undefined {
  const location = headers.get('location') ?? headers.get('operation-location') ?? '';
  const path = location.replace(/[?#].*$/s, '');
  return toGuid(path.slice(path.lastIndexOf('/') + 1));
}

/** Two refusals of this API are states of its protocol, not faults. */
function unlessRefusedWith(code: GraphErrorCode): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof RequestRefusedError && error.code === code) return undefined;
    throw error;
  };
}
