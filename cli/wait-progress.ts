import type { ObservedClosure } from '../client/observed-closure';
import type { WaitOptions, WaitProgress } from '../client/wait-for-closure';
import { PHASE_TEXTS } from '../workflows/contract/phase-texts';
import { printable } from './output';
import { attemptText } from './status-text';

const STILL_EVERY_MS = 30_000;

/**
 * What to tell while waiting: every change as it is seen, and now and then that there was none. One line each, for standard
 * error.
 */
export function tellProgress(tell: (line: string) => void, now: () => number): NonNullable<WaitOptions['onProgress']> {
  let last: string | undefined;
  let toldAt = now();
  return (progress) => {
    const line = lineOf(progress);
    const isStill = line === last;
    if (isStill && now() - toldAt < STILL_EVERY_MS) return;
    last = line;
    toldAt = now();
    tell(`closure: ${isStill ? 'still ' : ''}${printable(line)}${isStill ? attemptsOf(progress) : ''}\n`);
  };
}

function lineOf(progress: WaitProgress): string {
  if (progress.kind === 'unseen') return progress.fault.message;
  const { phase, attention } = progress.status;
  const waiting = attention.map(({ target, fault }) => `; ${target} waits for an operator: ${fault}`);
  return `${phase}: ${PHASE_TEXTS[phase].meaning}${waiting.join('')}`;
}

function attemptsOf(progress: WaitProgress): string {
  const activities: ObservedClosure['activities'] = progress.kind === 'seen' ? progress.status.activities : [];
  return activities.length === 0 ? '' : ` (${printable(activities.map(attemptText).join('; '))})`;
}
