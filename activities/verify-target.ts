import { z } from 'zod';
import type { TargetInput } from '../workflows/contract/activities';
import { VERIFICATION_GRADES, type VerifyOutcome } from '../workflows/contract/target-outcomes';
import { openIdentifiers } from './identifiers';
import type { Implementation } from './implementation';
import type { AuditLog, EffectKey } from './ports/audit-log';
import type { Kept } from './ports/erasure-target';
import type { IdentifierVault } from './ports/identifier-vault';
import { NotYetError, StepNeedsOperatorError } from './ports/step-faults';
import { believe, type Sighting } from './sightings';
import { promisedTarget, type Targets } from './targets';

/** What verification needs besides the targets themselves. */
export interface VerificationSources {
  readonly auditLog: AuditLog;
  readonly vault: IdentifierVault;
}

/** The question that every look answers. */
const TARGET = 'target';

/**
 * Looks whether the target is empty, by reading, and believes it only after a second look when the quiet period is over.
 * What is found may be a read that lags: it is looked at again, not erased again, for as long as reads may lag. The quiet
 * period passes between two attempts, so it costs no history.
 *
 * That nothing was left is written into the audit log. It is answered from there in one case alone: an operator has reset a closure
 * that had ended, and the identifiers that a look would need are forgotten.
 */
export function createVerifyTarget(sources: VerificationSources, targets: Targets): Implementation<'verifyTarget'> {
  return async (input, { attempt }) => {
    const { signal } = attempt;
    const found = await lookInto(sources, targets, { input, signal });
    switch (found.kind) {
      case 'recorded':
        return found.outcome;
      case 'absent':
        awaitSecondLook(attempt.sighted(TARGET, 'absent'), input.verifyAfterMs);
        return await recorded(sources.auditLog, { input, signal }, found);
      case 'remains':
        believe(attempt, TARGET, 'remains');
        return found;
      case 'unverifiable':
        return found;
    }
  };
}

interface Look {
  readonly input: TargetInput;
  readonly signal: AbortSignal;
}

type Absent = Extract<VerifyOutcome, { kind: 'absent' }>;

async function lookInto(
  { auditLog, vault }: VerificationSources,
  targets: Targets,
  { input, signal }: Look,
): Promise<VerifyOutcome | { readonly kind: 'recorded'; readonly outcome: Absent }> {
  const { closureId, account, retains } = input;
  const kept = (): Promise<Kept> => openIdentifiers(vault, input, signal);
  try {
    return await promisedTarget(targets, input).for(input).verify({ closureId, account, kept, retains, signal });
  } catch (fault) {
    if (!(fault instanceof StepNeedsOperatorError) || fault.type !== 'IdentifiersMissing') throw fault;
    const before = await auditLog.find(keyOf(input), 'result', signal);
    if (before === undefined) throw fault;
    return { kind: 'recorded', outcome: absent.parse(before.outcome) };
  }
}

/** The log may hold the entry of an attempt that was first: it looked by itself, and what it says is as true. */
async function recorded(auditLog: AuditLog, { input, signal }: Look, outcome: Absent): Promise<Absent> {
  const { planDigest } = input;
  await auditLog.append({ ...keyOf(input), kind: 'result', planDigest, outcome: { ...outcome } }, signal);
  return outcome;
}

function keyOf({ closureId, firstRunId, target, round }: TargetInput): EffectKey {
  return { closureId, firstRunId, target, step: 'verify', round };
}

const absent: z.ZodType<Absent> = z.object({ kind: z.literal('absent'), grade: z.enum(VERIFICATION_GRADES) });

/** Without a quiet period one look is enough: that is what setting it to nothing asks for. */
function awaitSecondLook({ forMs, times }: Sighting, verifyAfterMs: number): void {
  if (verifyAfterMs === 0 || (times > 1 && forMs >= verifyAfterMs)) return;
  throw new NotYetError('SecondLookDue', verifyAfterMs - forMs);
}
