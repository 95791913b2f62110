import { z } from 'zod';
import type { RequestedExport, RequestExportInput } from '../workflows/contract/activities';
import type { Attempt } from './attempt';
import { exportContainer } from './export-containers';
import { entriesOf } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditLog, EffectKey, HistoryRef } from './ports/audit-log';
import type { Directory } from './ports/directory';
import type { ExportStorage } from './ports/export-storage';
import { IndeterminateAnswerError, isRefusedUnchanged } from './ports/faults';
import { NotYetError, StepNeedsOperatorError } from './ports/step-faults';
import type { Turns } from './ports/turns';
import { believe, settlingMs } from './sightings';

/** How many containers one round may burn before somebody has to look at the cause. */
const CONTAINERS_PER_ROUND = 3;

/** The SAS outlives the deadline by this: a late export is better than none. */
const SAS_MARGIN_MS = 7 * 24 * 60 * 60 * 1000;

interface Dependencies {
  readonly directory: Directory;
  readonly storage: ExportStorage;
  readonly auditLog: AuditLog;
  readonly turns: Turns;
}

/** A container can be asked for an export, has one running or done, or is lost for the purpose. */
type ContainerState =
  | { readonly kind: 'unused' }
  | { readonly kind: 'burnt' }
  | { readonly kind: 'in-use'; readonly operationId: string; readonly isRunning: boolean };

interface InContainer extends RequestExportInput {
  readonly container: string;
}

interface InUse extends InContainer {
  readonly operationId: string;
  readonly isRunning: boolean;
}

/**
 * Asks the directory for the export, or finds the one that was asked for before. The directory has no idempotency key: what
 * an earlier attempt did is read from the container itself, where the directory leaves the operation's id before it queues
 * anything (`RequestInfo.json`). So each attempt sends at most one request, and never a second one while the first may have
 * been accepted: neither into the same container nor into the next one.
 */
export function createRequestExport(dependencies: Dependencies): Implementation<'requestExport'> {
  return async (input, { attempt }) => {
    const made = await madeBefore(dependencies, input, attempt.signal);
    if (made !== undefined) return made;
    for (let number = 1; number <= input.round * CONTAINERS_PER_ROUND; number += 1) {
      const inContainer = { ...input, container: exportContainer(input.closureId, number) };
      if (input.lost.includes(inContainer.container)) continue;
      const found = await stateOf(dependencies, inContainer, attempt);
      if (found.kind === 'in-use') return await adopt(dependencies, { ...inContainer, ...found }, attempt.signal);
      if (found.kind === 'unused') return await request(dependencies, inContainer, attempt);
    }
    throw new StepNeedsOperatorError('ExportLocationsBurnt');
  };
}

/**
 * Past the point of no return the account may be gone: what was exported then is all there is, in whatever round it was made.
 * @throws IndeterminateAnswerError when the log does not tell: nothing is asked for then
 */
async function madeBefore(
  { auditLog, turns }: Dependencies,
  input: RequestExportInput,
  signal: AbortSignal,
): Promise<RequestedExport | undefined> {
  if ((await turns.last(input, signal))?.kind !== 'erase') return undefined;
  const results = await entriesOf(auditLog, { ...inWhateverRound(input), kind: 'result' }, signal);
  const made = Made.safeParse(results.at(-1)?.outcome);
  if (made.success) return made.data;
  throw new IndeterminateAnswerError(
    { farEnd: 'audit-log', operation: 'audit-log.list' },
    'the export of the erasure that has begun is not there',
  );
}

const Made: z.ZodType<RequestedExport> = z.object({ operationId: z.string(), container: z.string() });

async function request(dependencies: Dependencies, input: InContainer, attempt: Attempt): Promise<RequestedExport> {
  const { directory, storage } = dependencies;
  const { signal, readsLagMs } = attempt;
  const requests = await sentInto(dependencies, { ...input, kind: 'mark' }, signal);
  const refusals = await sentInto(dependencies, { ...input, kind: 'refusal' }, signal);
  // One whose end nobody knows may still be on its way: what it leaves in the container is waited for.
  if (requests > refusals) believe(attempt, `container ${input.container}`, 'requested, yet unused');
  const sasUrl = await storage.grantWriting(input.container, writableUntil(input), signal);
  const sent = { ...keyOf(input), occasion: `${input.container}:${requests + 1}` };
  const { isNew } = await dependencies.auditLog.append({ ...sent, kind: 'mark' }, signal);
  // Another attempt is about to send this very request.
  if (!isNew) throw new NotYetError('ReadsUnsettled', settlingMs(readsLagMs));
  const answer = await notingRefusal(dependencies, { ...sent, signal }, () =>
    directory.requestExport(input.account, sasUrl, signal),
  );
  if (answer.kind === 'accepted') return { operationId: answer.operationId, container: input.container };
  // An attempt of ours whose answer was lost, or that still runs beside this one: the next attempt reads which.
  throw new NotYetError('ReadsUnsettled', settlingMs(readsLagMs));
}

/** How many requests were sent into the container, or were answered that they changed nothing, in whatever round. */
async function sentInto(
  { auditLog }: Dependencies,
  { container, kind, ...input }: InContainer & { readonly kind: 'mark' | 'refusal' },
  signal: AbortSignal,
): Promise<number> {
  const entries = await entriesOf(auditLog, { ...inWhateverRound(input), kind }, signal);
  return entries.filter(({ occasion }) => occasion?.startsWith(`${container}:`) === true).length;
}

/** A refusal that cannot be written leaves the mark, which is the safe side: its end then counts as unknown. */
async function notingRefusal<T>(
  { auditLog }: Dependencies,
  { signal, ...sent }: EffectKey & { readonly occasion: string; readonly signal: AbortSignal },
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (fault) {
    if (isRefusedUnchanged(fault)) {
      await auditLog.append({ ...sent, kind: 'refusal' }, signal).catch(() => undefined);
    }
    throw fault;
  }
}

function inWhateverRound(input: RequestExportInput): HistoryRef & Pick<EffectKey, 'target' | 'step'> {
  const { round, ...sought } = keyOf(input);
  return sought;
}

function keyOf({ closureId, firstRunId, round }: RequestExportInput): EffectKey {
  return { closureId, firstRunId, target: 'export', step: 'request', round };
}

/** An export that an operator lets run on may write as long as it is waited for: the stored policy is what its SAS obeys. */
async function adopt({ storage }: Dependencies, found: InUse, signal: AbortSignal): Promise<RequestedExport> {
  const { container, operationId } = found;
  if (found.isRunning && found.round > 1) await storage.grantWriting(container, writableUntil(found), signal);
  return { operationId, container };
}

function writableUntil({ exportDeadlineMs }: RequestExportInput): Date {
  return new Date(Date.now() + exportDeadlineMs + SAS_MARGIN_MS);
}

async function stateOf(
  { directory, storage }: Dependencies,
  input: InContainer,
  attempt: Attempt,
): Promise<ContainerState> {
  const { signal } = attempt;
  await storage.createContainer(input.container, signal);
  const info = await storage.readRequestInfo(input.container, signal);
  if (info.kind === 'absent') return { kind: 'unused' };
  // A file that was just created may be filled in a moment.
  if (info.kind === 'broken') return burnt(attempt, input, 'broken');
  if (info.objectId !== input.account.objectId || info.tenantId !== input.account.tenantId) {
    throw new IndeterminateAnswerError(
      { farEnd: 'export-storage', operation: 'storage.read-request-info' },
      "the container names somebody else's export",
    );
  }
  return await stateOfOperation(directory, { ...input, operationId: info.operationId }, attempt);
}

async function stateOfOperation(
  directory: Directory,
  input: InContainer & { readonly operationId: string },
  attempt: Attempt,
): Promise<ContainerState> {
  const { account, operationId } = input;
  const { progress } = await directory.exportProgress(account, operationId, attempt.signal);
  switch (progress) {
    case 'running':
    case 'complete':
      return { kind: 'in-use', operationId, isRunning: progress === 'running' };
    case 'failed':
      return { kind: 'burnt' };
    case 'unknown':
      // An operation that was just queued may not be known everywhere.
      return burnt(attempt, input, 'unknown');
  }
}

/** What still looks burnt after the whole lag stays so, because the request that began it is long over. */
function burnt(attempt: Attempt, { container }: InContainer, seen: string): ContainerState {
  believe(attempt, `container ${container}`, seen);
  return { kind: 'burnt' };
}
