import { RUNNING_PHASES, type Phase, type RunningPhase } from '../workflows/contract/phases';
import { planParts, targetText } from '../workflows/contract/plan-texts';
import type { ClosureStatus, TargetStatus } from '../workflows/contract/status';

/** A line of the story. */
export interface StoryLine {
  /** Known by this: the same line has other words later. */
  readonly key: string;
  /** A phase begins with it; otherwise it tells what the phase has brought. */
  readonly isTitle: boolean;
  readonly text: string;
}

/** All that can be told so far, in the order of the story. A phase's results follow when it is over; an erasure's at once. */
export function storySoFar(status: ClosureStatus): readonly StoryLine[] {
  const phases = phasesSoFar(status);
  return phases.flatMap((phase, index) => {
    const isOver = index < phases.length - 1;
    const facts = isOver || phase === 'erasing' ? broughtBy(phase, status) : [];
    return [
      { key: phase, isTitle: true, text: TITLES[phase] },
      ...facts.map(([name, text]) => ({ key: `${phase}/${name}`, isTitle: false, text })),
    ];
  });
}

/** Which phases a closure has been in, by what its status says, and the one that it is in: in the order of the story. */
export function phasesSoFar(status: ClosureStatus): readonly Phase[] {
  const passed = RUNNING_PHASES.filter((phase) => phase === status.phase || HAS_BEGUN[phase](status));
  return status.outcome === undefined ? passed : [...passed, status.outcome];
}

/** What shows that a phase has begun, though it may be over before anybody looks. */
const HAS_BEGUN: Record<RunningPhase, (status: ClosureStatus) => boolean> = {
  checking: () => true,
  exporting: (status) => status.export !== undefined,
  planning: ({ plan }) => plan !== undefined,
  awaitingConfirmation: ({ planDigest }) => planDigest !== undefined,
  coolingOff: ({ eraseAfter }) => eraseAfter !== undefined,
  erasing: ({ pointOfNoReturnAt }) => pointOfNoReturnAt !== undefined,
  verifying: ({ targets }) => targets.some(({ state }) => state === 'verified'),
};

const TITLES: Record<Phase, string> = {
  checking: 'Verify tenant: is it unmanaged, and may this account be closed here?',
  exporting: 'Export: the directory writes the system-generated logs into a container of its own.',
  planning: 'Plan: what will be erased, and what stays.',
  awaitingConfirmation:
    'Confirmation: closing is irreversible, all personal data goes, access ends. Waiting for the yes.',
  coolingOff: 'Cooling off: the person may still withdraw.',
  erasing: 'Erasure: block sign-in, revoke sessions, delete, purge. From here on there is no way back.',
  verifying: 'Verification: read again, and once more after the quiet period.',
  closed: 'Closed.',
  closedWithRetention: 'Closed, with what had to stay.',
  rejected: 'Rejected.',
  withdrawn: 'Withdrawn.',
  expired: 'Expired.',
  stopped: 'Stopped.',
};

/** What a phase has brought, a line each with its name; nothing for one that brings nothing to be shown. */
function broughtBy(phase: Phase, status: ClosureStatus): readonly Fact[] {
  return BROUGHT[phase]?.(status) ?? [];
}

type Fact = readonly [name: string, text: string];

const BROUGHT: Partial<Record<Phase, (status: ClosureStatus) => readonly Fact[]>> = {
  exporting: savedFiles,
  planning: plannedErasure,
  erasing: ({ targets }) => targets.filter(isDealtWith).map((target) => [target.name, erasedText(target)]),
  verifying: ({ targets }) => targets.map((target) => [target.name, `${target.name}: ${targetText(target)}`]),
};

function savedFiles({ export: saved }: ClosureStatus): readonly Fact[] {
  return saved !== undefined && 'files' in saved
    ? [['files', `saved: ${String(saved.files.length)} files, with size and SHA-256 of each`]]
    : [];
}

/** A target, and below it a line for each thing that is done. */
function plannedErasure({ plan }: ClosureStatus): readonly Fact[] {
  return (plan?.targets ?? []).flatMap((target) => [
    [target.name, `${target.name} (${target.kind})`] as const,
    ...planParts(target).map((part): Fact => [`${target.name}/${part}`, `  ${part}`]),
  ]);
}

function isDealtWith({ state }: TargetStatus): boolean {
  return state !== 'planned' && state !== 'fenced' && state !== 'stopped';
}

function erasedText({ name, kind, erasedCount = 0, retained = [], exempt }: TargetStatus): string {
  if (exempt !== undefined) return `${name}: left out by ${exempt.by} (${exempt.basis})`;
  const kept = retained.map(({ what, count }) => `; ${what} ${String(count)} stay`);
  const hung = kind === 'directory' ? ', with all that hung on it' : '';
  return `${name}: erased (${String(erasedCount)})${hung}${kept.join('')}`;
}
