import { entriesAmong } from './history-entries';
import { isCallOf, standingMarks } from './marks';
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
  const ours = (): readonly AuditEntry[] => entriesAmong(entries, { firstRunId, target });
  const answers = (part: string): readonly AuditEntry[] =>
    entriesAmong(entries, { firstRunId, target, kind: 'answer' }).filter(({ occasion }) => occasion === part);
  return {
    hasSent: (part) => standingMarks(ours()).some((mark) => isCallOf(part, mark)),
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
