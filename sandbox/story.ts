import { RUNNING_PHASES, type Phase, type RunningPhase } from '../workflows/contract/phases';
import { planText, targetText } from '../workflows/contract/plan-texts';
import type { ClosureStatus } from '../workflows/contract/status';

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

/** A phase in one line. */
export function titleOf(phase: Phase): string {
  return TITLES[phase];
}

/** What a phase that is over has brought, a line each; nothing for one that brings nothing to be shown. */
export function broughtBy(phase: Phase, status: ClosureStatus): readonly string[] {
  return BROUGHT[phase]?.(status) ?? [];
}

const BROUGHT: Partial<Record<Phase, (status: ClosureStatus) => readonly string[]>> = {
  exporting: savedFiles,
  planning: plannedErasure,
  erasing: ({ targets }) =>
    targets.map(({ name, erasedCount = 0 }) => `${name}: erased (${String(erasedCount)}), with all that hung on it`),
  verifying: ({ targets }) => targets.map((target) => `${target.name}: ${targetText(target)}`),
};

function savedFiles({ export: saved }: ClosureStatus): readonly string[] {
  return saved !== undefined && 'files' in saved
    ? [`saved: ${String(saved.files.length)} files, with size and SHA-256 of each`]
    : [];
}

function plannedErasure({ plan }: ClosureStatus): readonly string[] {
  return (plan?.targets ?? []).map((target) => `${target.name}: ${planText(target)}`);
}
