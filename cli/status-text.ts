import type { LastKnown } from '../client/errors';
import type { ObservedClosure } from '../client/observed-closure';
import { PHASE_TEXTS } from '../workflows/contract/phase-texts';
import type { Attention } from '../workflows/contract/attention';
import type { ExportStatus } from '../workflows/contract/export';
import type { FaultDetail } from '../workflows/contract/failures';
import { isPastPointOfNoReturn } from '../workflows/contract/phases';
import { goingWithAccount, planText, targetText } from '../workflows/contract/plan-texts';
import type { TargetStatus } from '../workflows/contract/status';
import { toAlignedLines, toCount, toReadableSize } from './output';

type Row = readonly [label: string, value: string | undefined];

/** What a status text is made with besides the status. */
export interface Surroundings {
  /** Link into the Web UI, where one is known. */
  readonly webUi?: string | undefined;
  readonly now: Date;
}

/** A status as lines for people: where it stands, what it waits for, what to type next. */
export function toStatusText(status: ObservedClosure, { webUi, now }: Surroundings): string {
  return toAlignedLines([
    ['Closure', status.closureId],
    ['Workflow', status.workflowId],
    ['Phase', `${status.phase}: ${meaningOf(status)}`],
    ...reasonRows(status),
    ['Received', status.receivedAt],
    ['Due by', status.dueBy],
    ['Confirm by', isAwaited(status) ? status.confirmBy : undefined],
    ['Confirmed', status.confirmedAt],
    ['Erase after', status.phase === 'coolingOff' ? status.eraseAfter : undefined],
    ['No way back', noWayBackText(status)],
    ['Plan', status.planDigest],
    ...planRows(status),
    ['Export', status.export && exportText(status, status.export, now)],
    ...status.targets.map((target) => targetRow(status, target)),
    ...stopRows(status),
    ...status.attention.map((step): Row => ['Attention', attentionText(step)]),
    ...status.activities.map((activity): Row => ['Attempt', attemptText(activity)]),
    ['Note', status.cancellationIgnored ? 'a cancellation came too late and was ignored' : undefined],
    ['Next', nextCommand(status, now)],
    ['Web UI', webUi],
  ]);
}

/** What the server knows by itself, as lines for people. */
export function toLastKnownText(known: LastKnown): string {
  return toAlignedLines([
    ['Closure', known.closureId],
    ['Workflow', known.workflowId],
    ['State', known.state],
    ['Last phase', known.phase],
    ['Received', known.receivedAt],
    ['Due by', known.dueBy],
    ['Confirm by', known.confirmBy],
    ...known.attention.map((step): Row => ['Attention', step]),
    ...known.activities.map((activity): Row => ['Attempt', attemptText(activity)]),
  ]);
}

/** Whether the export can be downloaded, and if not, what became of it. */
export function isExportThere({ outcome }: ObservedClosure, exported: ExportStatus, now: Date): boolean {
  if (exported.kind !== 'saved') return false;
  if (exported.keptUntil !== undefined) return new Date(exported.keptUntil) > now;
  return outcome === undefined || isPastPointOfNoReturn(outcome);
}

/** A step that waits for an operator. */
export function attentionText({ target, since, attempts, ...fault }: Attention): string {
  return `${target}: ${faultText(fault)} since ${since}, after ${toCount(attempts, 'attempt')}`;
}

/** A fault, with what its far end's support or the list of rights would be asked for. */
export function faultText(detail: FaultDetail & Pick<Attention, 'fault'>): string {
  const { fault, at, operation, code, status, requestId } = detail;
  const known: readonly Row[] = [
    ['of', at],
    ['at', operation],
    ['code', code],
    ['HTTP', status === undefined ? undefined : String(status)],
    ['request', requestId],
  ];
  const where = known.flatMap(([label, value]) => (value === undefined ? [] : [` ${label} ${value}`])).join(',');
  return `${fault}${where}`;
}

/** One Activity in progress. */
export function attemptText({ name, attempt, lastFault, nextTryAt }: ObservedClosure['activities'][number]): string {
  const fault = lastFault === undefined ? '' : `, last fault ${lastFault}`;
  const next = nextTryAt === undefined ? '' : `, next try ${nextTryAt}`;
  return `${name}: attempt ${attempt}${fault}${next}`;
}

function meaningOf(status: ObservedClosure): string {
  const isConfirmed = status.phase === 'awaitingConfirmation' && status.confirmation !== undefined;
  return isConfirmed ? 'confirmed; the erasure is about to begin' : PHASE_TEXTS[status.phase].meaning;
}

function reasonRows(status: ObservedClosure): readonly Row[] {
  if (status.phase !== 'rejected' && status.phase !== 'stopped') return [];
  const blockers = status.phase === 'rejected' ? (status.blockers ?? []) : [];
  return [
    ['Reason', status.reason],
    ...blockers.map(({ kind, count }): Row => ['Blocker', `${kind}: ${count}`]),
    ['Advice', status.advice],
  ];
}

function noWayBackText({ outcome, pointOfNoReturnAt }: ObservedClosure): string | undefined {
  if (pointOfNoReturnAt !== undefined) return `since ${pointOfNoReturnAt}`;
  return outcome === undefined ? 'not yet: it can still be withdrawn' : undefined;
}

function planRows({ plan }: ObservedClosure): readonly Row[] {
  return (plan?.targets ?? []).map((target): Row => ['', `${target.name}: ${planText(target)}`]);
}

/** What went with the account is said beside it: it is no count of ours. */
function targetRow({ plan }: ObservedClosure, target: TargetStatus): Row {
  const { name, erasedCount } = target;
  const planned = plan?.targets.find((promised) => promised.name === name);
  const others = erasedCount === undefined ? [] : goingWithAccount(planned?.erases ?? []);
  const gone = others.length === 0 ? '' : `; with it went ${others.join(', ')}`;
  return ['Target', `${name}: ${targetText(target)}${gone}`];
}

function exportText(status: ObservedClosure, exported: ExportStatus, now: Date): string {
  if (exported.kind === 'declined') return `declined ${exported.declinedAt}: the person goes on without one`;
  if (exported.kind === 'deleted') return 'deleted: it was kept for its time, or is lost';
  const { files, keptUntil } = exported;
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const saved =
    files.length === 0
      ? 'empty: there was nothing to save'
      : `${toCount(files.length, 'file')}, ${toReadableSize(totalBytes)}`;
  const until = keptUntil === undefined ? '' : ` ${keptUntil}`;
  if (!isExportThere(status, exported, now)) return `${saved}; deleted${until}`;
  return keptUntil === undefined ? `${saved}; can be downloaded` : `${saved}; can be downloaded until${until}`;
}

function stopRows(status: ObservedClosure): readonly Row[] {
  if (status.phase !== 'stopped') return [];
  const { done, notDone, signIn } = status.stop;
  return [
    ['Done', done.join(', ')],
    ['Not done', notDone.join(', ')],
    ['Sign-in', signIn],
  ];
}

function nextCommand(status: ObservedClosure, now: Date): string | undefined {
  const { closureId } = status;
  const [waiting] = status.attention;
  if (waiting !== undefined) return `repair the cause, then: closure resolve ${closureId} --target ${waiting.target}`;
  if (isAwaited(status) && status.planDigest !== undefined) {
    return `closure confirm ${closureId} --token - --plan ${status.planDigest}`;
  }
  if (status.outcome === undefined) return `closure wait ${closureId}`;
  const isThere = status.export !== undefined && isExportThere(status, status.export, now);
  return isThere ? `closure export ${closureId} --out DIR` : undefined;
}

/** A moment after the confirmation the phase is still the same. */
function isAwaited({ phase, confirmation }: ObservedClosure): boolean {
  return phase === 'awaitingConfirmation' && confirmation === undefined;
}
