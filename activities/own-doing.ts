import { isAmong } from './history-entries';
import type { AuditEntry } from './ports/audit-log';
import type { OwnDoing } from './ports/erasure-target';

const FENCE = 'fence';

/** Which effect on which target looks back. */
interface Looking {
  readonly firstRunId: string;
  readonly target: string;
  readonly step: string;
  readonly round: number;
}

/**
 * What this history of a closure has done to a target. `entries` may grow while an effect is under way: every question is
 * answered from what it holds then.
 */
export function ownDoing(entries: readonly AuditEntry[], looking: Looking): OwnDoing {
  const { firstRunId, target } = looking;
  const ours = (): readonly AuditEntry[] => entries.filter((entry) => isAmong({ firstRunId, target }, entry));
  const answers = (part: string): readonly AuditEntry[] =>
    ours().filter(({ kind, occasion }) => kind === 'answer' && occasion === part);
  return {
    hasSent: (part) => ours().some((entry) => isMarkOf(part, entry) && !isRefused(entry, ours())),
    hasDone: (part) => answers(part).length > 0,
    hasDoneNow: (part) => answers(part).some(({ step, round }) => step === looking.step && round === looking.round),
    hasDoneSinceFence: (part) => answers(part).some(({ sequence }) => sequence > lastFence(ours())),
    get isFenced() {
      return lastFence(ours()) > 0;
    },
    get isCounted() {
      return ours().some((entry) => entry.step === 'erase' && entry.round < looking.round && hasCounted(entry));
    },
  };
}

/** A call leaves a mark of its own in each attempt that sends it, so that one that was refused can be told from another. */
export function markOccasion(part: string, attemptId: string): string {
  return `${part}:${attemptId}`;
}

function isMarkOf(part: string, { kind, occasion }: AuditEntry): boolean {
  return kind === 'mark' && occasion?.startsWith(markOccasion(part, '')) === true;
}

/** The far end itself said that this very call changed nothing. */
function isRefused({ step, round, occasion }: AuditEntry, entries: readonly AuditEntry[]): boolean {
  return entries.some(
    (entry) => entry.kind === 'refusal' && entry.step === step && entry.round === round && entry.occasion === occasion,
  );
}

/** The sequence of the last sign that the target was fenced; 0 when it never was. */
function lastFence(entries: readonly AuditEntry[]): number {
  const fences = entries.filter((entry) => entry.step === FENCE && (entry.kind === 'answer' || isFenced(entry)));
  return Math.max(0, ...fences.map(({ sequence }) => sequence));
}

function isFenced({ kind, outcome }: AuditEntry): boolean {
  return kind === 'result' && outcome?.['kind'] === 'fenced';
}

function hasCounted({ kind, outcome }: AuditEntry): boolean {
  return kind === 'result' && outcome?.['kind'] === 'erased' && outcome['count'] !== 0;
}
