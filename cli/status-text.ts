import type { ObservedClosure } from '../client/read-status';
import type { Phase } from '../workflows/contract/status';
import { toAlignedLines, toCount, toReadableSize } from './output';

const MEANINGS: Record<Phase, string> = {
  checking: 'finds out whether the account may be closed here',
  exporting: "saves the person's data",
  planning: 'finds out what is to be erased',
  awaitingConfirmation: "waits for the person's confirmation; nothing is erased before",
  coolingOff: 'confirmed; can still be withdrawn',
  erasing: 'erases personal data',
  verifying: 'looks again whether everything is gone',
  closed: 'the account is closed, its personal data erased',
  rejected: 'the account cannot be closed here; nothing was erased',
  withdrawn: 'taken back; nothing was erased',
  expired: 'nobody confirmed in time; nothing was erased',
  stopped: 'stopped after the point of no return; see what was done',
};

/** A status as lines for people: where it stands, what it waits for, what to type next. */
export function toStatusText(status: ObservedClosure, webUi: string | undefined): string {
  return toAlignedLines([
    ['Closure', status.closureId],
    ['Workflow', status.workflowId],
    ['Phase', `${status.phase}: ${MEANINGS[status.phase]}`],
    ['Reason', status.reason],
    ...(status.blockers ?? []).map(({ kind, count }) => ['Blocker', `${kind}: ${count}`] as const),
    ['Advice', status.advice],
    ['Received', status.receivedAt],
    ['Due by', status.dueBy],
    ['Confirm by', isAwaited(status) ? status.confirmBy : undefined],
    ['Confirmed', status.confirmedAt],
    ['Erase after', status.outcome === undefined ? status.eraseAfter : undefined],
    ['Plan', status.planDigest],
    ...planRows(status),
    ['Export', exportText(status)],
    ...status.targets.map((target) => ['Target', targetText(target)] as const),
    ...stopRows(status),
    ...status.attention.map((step) => ['Attention', attentionText(step)] as const),
    ...status.activities.map((activity) => ['Attempt', attemptText(activity)] as const),
    ['Note', status.cancellationIgnored ? 'a cancellation came too late and was ignored' : undefined],
    ['Next', nextCommand(status)],
    ['Web UI', webUi],
  ]);
}

function planRows({ plan }: ObservedClosure): readonly (readonly [string, string])[] {
  return (plan?.targets ?? []).map(({ name, erases, retains }) => {
    const erased = erases.map(({ what, count }) => `${what} ${count}`).join(', ');
    const kept = retains.map(({ what, basis }) => `${what} (${basis})`).join(', ');
    return ['', `${name}: erases ${erased}${kept === '' ? '' : `; stays: ${kept}`}`];
  });
}

function exportText(status: ObservedClosure): string | undefined {
  if (status.export === undefined) return undefined;
  const { files } = status.export;
  if (files.length === 0) return 'empty: there was nothing to save';
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${toCount(files.length, 'file')}, ${toReadableSize(totalBytes)}`;
}

function targetText({ name, state, erasedCount, rounds }: ObservedClosure['targets'][number]): string {
  const erased = erasedCount === undefined ? '' : `, ${toCount(erasedCount, 'item')} erased`;
  const again = rounds !== undefined && rounds > 1 ? `, in ${rounds} rounds` : '';
  return `${name}: ${state}${erased}${again}`;
}

function stopRows({ stop }: ObservedClosure): readonly (readonly [string, string | undefined])[] {
  if (stop === undefined) return [];
  return [
    ['Done', stop.done.join(', ')],
    ['Not done', stop.notDone.join(', ')],
    ['Sign-in', stop.signIn],
  ];
}

function attentionText({ target, fault, since, attempts }: ObservedClosure['attention'][number]): string {
  return `${target}: ${fault} since ${since}, after ${toCount(attempts, 'attempt')}`;
}

function attemptText({ name, attempt, lastFault, nextTryAt }: ObservedClosure['activities'][number]): string {
  const fault = lastFault === undefined ? '' : `, last fault ${lastFault}`;
  const next = nextTryAt === undefined ? '' : `, next try ${nextTryAt}`;
  return `${name}: attempt ${attempt}${fault}${next}`;
}

function nextCommand(status: ObservedClosure): string | undefined {
  const { closureId, phase, planDigest } = status;
  const [waiting] = status.attention;
  if (waiting !== undefined) return `repair the cause, then: closure resolve ${closureId} --target ${waiting.target}`;
  if (isAwaited(status) && planDigest !== undefined) {
    return `closure confirm ${closureId} --token - --plan ${planDigest}`;
  }
  if (status.outcome === undefined) return `closure wait ${closureId}`;
  return phase === 'closed' ? `closure export ${closureId} --out DIR` : undefined;
}

/** A moment after the confirmation the phase is still the same. */
function isAwaited({ phase, confirmation }: ObservedClosure): boolean {
  return phase === 'awaitingConfirmation' && confirmation === undefined;
}
