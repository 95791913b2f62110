import { Context } from '@temporalio/activity';
import type { ClosureActivities, RequestedExport, RequestExportInput } from '../workflows/contract/activities';
import { attemptSignal, whileHeartbeating } from './attempt';
import { exportContainer } from './export-containers';
import type { Directory } from './ports/directory';
import type { ExportStorage } from './ports/export-storage';
import { IndeterminateAnswerError, UnavailableError } from './ports/faults';
import { StepNeedsOperatorError } from './step-errors';

/** How many containers one round may burn before somebody has to look at the cause. */
const CONTAINERS_PER_ROUND = 3;

/** From this attempt on, some 35 seconds after the first, what looks burnt is believed to be. */
const BURNT_FROM_ATTEMPT = 4;

/** The SAS outlives the deadline by this: a late export is better than none. */
const SAS_MARGIN_MS = 7 * 24 * 60 * 60 * 1000;

interface Dependencies {
  readonly directory: Directory;
  readonly storage: ExportStorage;
}

/** A container can be asked for an export, has one running or done, or is lost for the purpose. */
type ContainerState =
  | { readonly kind: 'unused' }
  | { readonly kind: 'burnt' }
  | { readonly kind: 'in-use'; readonly operationId: string; readonly isRunning: boolean };

/**
 * Asks the directory for the export, or finds the one that was asked for before. The directory has no idempotency key: what
 * an earlier attempt did is read from the container itself, where the directory leaves the operation's id before it queues
 * anything (`RequestInfo.json`). So each attempt sends at most one request, and never a second one into the same container
 * while the first may have been accepted.
 */
export function createRequestExport(dependencies: Dependencies): ClosureActivities['requestExport'] {
  return async (input) =>
    await whileHeartbeating(async () => {
      const signal = attemptSignal();
      for (let attempt = 1; attempt <= input.round * CONTAINERS_PER_ROUND; attempt += 1) {
        const container = exportContainer(input.closureId, attempt);
        const found = await stateOf(dependencies, { ...input, container }, signal);
        if (found.kind === 'in-use') return await adopt(dependencies, { ...input, container, ...found }, signal);
        if (found.kind === 'unused') return await request(dependencies, { ...input, container }, signal);
      }
      throw new StepNeedsOperatorError(
        'ExportLocationsBurnt',
        'Every container for the export was used up without an export: see the runbook, then retry.',
      );
    });
}

interface InContainer extends RequestExportInput {
  readonly container: string;
}

async function request(
  { directory, storage }: Dependencies,
  input: InContainer,
  signal: AbortSignal,
): Promise<RequestedExport> {
  const sasUrl = await storage.grantWriting(input.container, writableUntil(input), signal);
  const answer = await directory.requestExport(input.account, sasUrl, signal);
  if (answer.kind === 'accepted') return { operationId: answer.operationId, container: input.container };
  // An attempt of ours whose answer was lost, or that still runs beside this one: the next attempt reads which.
  throw new UnavailableError('directory');
}

interface InUse extends InContainer {
  readonly operationId: string;
  readonly isRunning: boolean;
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
  signal: AbortSignal,
): Promise<ContainerState> {
  await storage.createContainer(input.container, signal);
  const info = await storage.readRequestInfo(input.container, signal);
  if (info.kind === 'absent') return { kind: 'unused' };
  if (info.kind === 'broken') return burntUnlessJustBegun();
  if (info.objectId !== input.account.objectId || info.tenantId !== input.account.tenantId) {
    throw new IndeterminateAnswerError('export-storage', "the container names somebody else's export");
  }
  return await stateOfOperation(directory, { ...input, operationId: info.operationId }, signal);
}

async function stateOfOperation(
  directory: Directory,
  { account, operationId }: Pick<InUse, 'account' | 'operationId'>,
  signal: AbortSignal,
): Promise<ContainerState> {
  const { progress } = await directory.exportProgress(account, operationId, signal);
  switch (progress) {
    case 'running':
    case 'complete':
      return { kind: 'in-use', operationId, isRunning: progress === 'running' };
    case 'failed':
      return { kind: 'burnt' };
    case 'unknown':
      return burntUnlessJustBegun();
  }
}

/**
 * A file that was just created may be filled in a moment, and an operation that was just queued be known; what is still not
 * so some retries later stays so, because the request that began it is long over.
 * @throws UnavailableError while it may still come
 */
function burntUnlessJustBegun(): ContainerState {
  if (Context.current().info.attempt < BURNT_FROM_ATTEMPT) throw new UnavailableError('directory');
  return { kind: 'burnt' };
}
