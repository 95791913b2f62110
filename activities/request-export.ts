import type { RequestedExport, RequestExportInput } from '../workflows/contract/activities';
import type { Attempt } from './attempt';
import { exportContainer, ownRequestInfo } from './export-containers';
import { exportMadeBefore } from './export-made-before';
import { requestsInto, sendRequest, type InContainer } from './export-requests';
import type { Implementation } from './implementation';
import type { AuditLog } from './ports/audit-log';
import type { Directory } from './ports/directory';
import type { ExportStorage } from './ports/export-storage';
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
    const { closureId, round, lost } = input;
    const isPastPointOfNoReturn = (await dependencies.turns.last(input, attempt.signal))?.kind === 'erase';
    if (isPastPointOfNoReturn) return await exportMadeBefore(dependencies, input, attempt.signal);
    for (let number = 1; number <= round * CONTAINERS_PER_ROUND; number += 1) {
      const firstRound = Math.ceil(number / CONTAINERS_PER_ROUND);
      const inContainer = { ...input, firstRound, container: exportContainer(closureId, number) };
      if (lost.includes(inContainer.container)) continue;
      const found = await stateOf(dependencies, inContainer, attempt);
      if (found.kind === 'in-use') return await adopt(dependencies, { ...inContainer, ...found }, attempt.signal);
      if (found.kind === 'unused') return await request(dependencies, inContainer, attempt);
    }
    throw new StepNeedsOperatorError('ExportLocationsBurnt');
  };
}

async function request(
  { directory, storage, auditLog }: Dependencies,
  input: InContainer,
  attempt: Attempt,
): Promise<RequestedExport> {
  const { account, container } = input;
  const { signal, readsLagMs } = attempt;
  const { times, standing } = await requestsInto(auditLog, input, signal);
  // It may still be on its way: what it leaves in the container is waited for, and for each anew.
  if (standing !== undefined) believe(attempt, `container ${container}`, `unused after ${standing.occasion ?? ''}`);
  const sasUrl = await storage.grantWriting(container, writableUntil(input), signal);
  const answer = await sendRequest(auditLog, { input, number: times + 1, signal }, () =>
    directory.requestExport(account, sasUrl, signal),
  );
  if (answer?.kind === 'accepted') return { operationId: answer.operationId, container };
  // Another attempt sends this very request, or the container was used by one whose answer was lost: the next attempt reads.
  throw new NotYetError('ReadsUnsettled', settlingMs(readsLagMs));
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
  const info = await ownRequestInfo(storage, input, signal);
  if (info.kind === 'absent') return { kind: 'unused' };
  // A file that was just created may be filled in a moment.
  if (info.kind === 'broken') return burnt(attempt, input, 'broken');
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
