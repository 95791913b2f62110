import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import { toGuid } from '../../../workflows/contract/ids';
import type { ExportLook, ExportProgress, ExportRequestAnswer } from '../../ports/directory';
import { IndeterminateAnswerError } from '../../ports/faults';
import type { Sensitive } from '../../ports/sensitive';
import { parseJson, parseRetryAfter, type HttpAnswer } from '../http';
import { isLocationUsed, isOperationUnknown } from './graph-errors';
import { parseAs, type Graph, type GraphAnswer, type GraphSession } from './graph-http';
import { missingRight, proveTenant } from './tenant-proof';

/** `progress` and `storageLocation` are left alone: the one is no sign of completion, the other is a secret. */
const operation = z.object({ id: z.string().nullish(), status: z.string(), userId: z.string().nullish() });

/** An export that somebody asked for. */
export interface Export {
  readonly account: Account;
  readonly operationId: string;
}

/**
 * Asks for an export into the container behind the SAS URL. Not idempotent.
 * @throws IndeterminateAnswerError also when it was accepted without a usable operation id: read what happened, never ask again
 * @throws ExportLocationRefusedError when the directory does not like the container
 */
export async function requestExport(
  graph: Graph,
  { account, sasUrl }: { readonly account: Account; readonly sasUrl: Sensitive<string> },
  signal: AbortSignal,
): Promise<ExportRequestAnswer> {
  const asked = await graph.call(
    account,
    {
      operation: 'directory.request-export',
      method: 'POST',
      path: `/users/${account.objectId}/exportPersonalData`,
      body: { storageLocation: sasUrl.reveal() },
      success: [202],
      negative: isLocationUsed,
    },
    signal,
  );
  if (asked.kind === 'negative') return { kind: 'location-used' };
  const operationId = operationIdOf(asked.answer);
  if (operationId === undefined) throw new IndeterminateAnswerError(asked.at, 'it names no operation');
  return { kind: 'accepted', operationId };
}

/**
 * One look at an export. A status that we do not know means that it still runs: our own deadline bounds it. That the directory
 * does not know the export is believed of the account's own directory only.
 */
export async function exportProgress(graph: Graph, wanted: Export, signal: AbortSignal): Promise<ExportLook> {
  try {
    return await graph.withOneToken(wanted.account, signal, (session) => lookAt(session, wanted));
  } catch (error) {
    throw missingRight(error);
  }
}

async function lookAt(session: GraphSession, { account, operationId }: Export): Promise<ExportLook> {
  const looked = await session.call({
    operation: 'directory.read-export',
    method: 'GET',
    path: `/dataPolicyOperations/${encodeURIComponent(operationId)}`,
    prefer: 'include-unknown-enum-members',
    success: [200],
    negative: isOperationUnknown,
  });
  if (looked.kind === 'done') return toLook(looked, { account, operationId });
  await proveTenant(session, account);
  return { progress: 'unknown' };
}

function toLook({ answer, at }: GraphAnswer, { account, operationId }: Export): ExportLook {
  const { id, status, userId } = parseAs(at, operation, parseJson(at, answer.body));
  if (!isSame(id, operationId)) throw new IndeterminateAnswerError(at, 'the operation is another one');
  if (!isSame(userId, account.objectId)) throw new IndeterminateAnswerError(at, "the export is somebody else's");
  const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'), new Date());
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
