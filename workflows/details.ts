import { PHASE_TEXTS } from './contract/phase-texts';
import { targetText } from './contract/plan-texts';
import type { Attention } from './contract/attention';
import type { ExportStatus } from './contract/export';
import type { ClosureStatus, TargetStatus } from './contract/status';

/** The closure in Markdown, for the Web UI. Lists, one line a thing: the UI runs the columns of tables together. */
export function detailsOf(status: ClosureStatus): string {
  return [
    `**${status.phase}**, waits for ${PHASE_TEXTS[status.phase].waitsFor}.`,
    '',
    ...status.attention.flatMap(attentionLines),
    ...line('Reason', status.reason),
    ...line('Confirm by', status.phase === 'awaitingConfirmation' ? status.confirmBy : undefined),
    ...line('Erasure begins', status.eraseAfter),
    ...line('Point of no return', status.pointOfNoReturnAt),
    ...exportLines(status.export),
    ...status.targets.map(
      (target) => `- Target \`${target.name}\`: ${targetText(target)}${waitingText(target, status)}`,
    ),
    ...line('Refused confirmations', status.refusedConfirmations === 0 ? undefined : status.refusedConfirmations),
    ...(status.cancellationIgnored ? ['- A cancellation came after the point of no return and is ignored.'] : []),
    ...line('Due by', status.dueBy),
    `- Closure \`${status.closureId}\``,
  ].join('\n');
}

/** What a target came to says nothing about whether it goes on. */
function waitingText({ name }: TargetStatus, { attention }: ClosureStatus): string {
  return attention.some(({ target }) => target === name) ? ', **waits for an operator**' : '';
}

function attentionLines({ target, fault, since, text, at, operation, code, requestId }: Attention): string[] {
  const codes = [at, operation, code, requestId].filter((known) => known !== undefined).map((known) => `\`${known}\``);
  const answer = { target, action: 'retry', by: '<your id>', since };
  return [
    `- **Needs an operator:** \`${target}\` since ${since}: \`${fault}\`. ${text}`,
    ...(codes.length === 0 ? [] : [`- Failed call: ${codes.join(', ')}`]),
    `- Repair the cause, then send the Update \`resolve\` with \`${JSON.stringify(answer)}\`.`,
  ];
}

function exportLines(saved: ExportStatus | undefined): string[] {
  if (saved === undefined) return [];
  if (saved.kind === 'declined') return line('Export declined by the person', saved.declinedAt);
  if (saved.kind === 'deleted') return line('Export', 'deleted: it was kept for its time, or is lost');
  return [...line('Exported files', saved.files.length), ...line('Export kept until', saved.keptUntil)];
}

function line(label: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`- ${label}: ${value}`];
}
