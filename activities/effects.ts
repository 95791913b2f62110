import { z } from 'zod';
import type { ClosureActivities } from '../workflows/contract/activities';
import type { AuditLog, EffectKey } from './ports/audit-log';

/** An Activity that changes something outside: how its input names the effect, and how its recorded result reads. */
interface EffectDefinition {
  readonly keyOf: (input: unknown) => EffectKey & { readonly planDigest?: string };
  readonly result: z.ZodType<Readonly<Record<string, unknown>>>;
  /** Done again although it was recorded as done: what there is to do may have grown since. */
  readonly isRepeated?: true;
}

/** What an Activity is told about its own effect. */
export interface EffectInProgress {
  /** An earlier attempt had written the intent: the effect may have happened already. */
  readonly isResumed: boolean;
}

const guid = z.guid().transform((text): EffectKey['closureId'] => z.custom<EffectKey['closureId']>().parse(text));
const closureOnly = z.object({ closureId: guid });
const exportRequest = closureOnly.extend({ round: z.number().int().positive() });
const targetStep = exportRequest.extend({ target: z.string(), planDigest: z.string() });

const stopped = z.object({
  kind: z.literal('stopped'),
  reason: z.string(),
  signIn: z.string(),
  done: z.array(z.string()),
});

const EFFECTS: Partial<Record<keyof ClosureActivities, EffectDefinition>> = {
  requestExport: {
    keyOf: (input) => ({ ...pick(exportRequest.parse(input)), target: 'export', step: 'request' }),
    result: z.object({ operationId: z.string(), container: z.string() }),
  },
  fenceTarget: {
    keyOf: (input) => ({ ...pickTarget(targetStep.parse(input)), step: 'fence' }),
    result: z.union([z.object({ kind: z.enum(['fenced', 'unsupported']) }), stopped]),
  },
  eraseTarget: {
    keyOf: (input) => ({ ...pickTarget(targetStep.parse(input)), step: 'erase' }),
    result: z.union([
      z.object({ kind: z.literal('erased'), count: z.number() }),
      z.object({ kind: z.enum(['absent', 'unsupported']) }),
      stopped,
    ]),
  },
  deleteExports: {
    keyOf: (input) => ({ ...closureOnly.parse(input), target: 'export', step: 'delete', round: 1 }),
    result: z.object({ deletedContainers: z.number() }),
    isRepeated: true,
  },
};

/**
 * Runs an Activity, and when it is an effect, between its two audit entries: the intent before, so that nothing is done
 * without a trace, and the result after. A result that is there already is returned as it was recorded and nothing is done
 * again: the second attempt of an erasure must not find less than the first one erased.
 */
export async function runRecorded(
  auditLog: AuditLog,
  activity: { readonly name: string; readonly input: unknown; readonly signal: AbortSignal },
  perform: (effect: EffectInProgress) => Promise<unknown>,
): Promise<unknown> {
  const effect = effectNamed(activity.name);
  if (effect === undefined) return await perform({ isResumed: false });

  const key = effect.keyOf(activity.input);
  const intent = await auditLog.append({ ...key, kind: 'intent' }, activity.signal);
  const recorded = intent.isNew ? undefined : await auditLog.find(key, 'result', activity.signal);
  if (recorded !== undefined && !effect.isRepeated) return effect.result.parse(recorded.outcome);

  const outcome = effect.result.parse(await perform({ isResumed: !intent.isNew }));
  const { entry } = await auditLog.append({ ...key, kind: 'result', outcome }, activity.signal);
  return effect.isRepeated ? outcome : effect.result.parse(entry.outcome);
}

function effectNamed(name: string): EffectDefinition | undefined {
  return Object.entries(EFFECTS).find(([activity]) => activity === name)?.[1];
}

function pick({ closureId, round }: z.infer<typeof exportRequest>): Pick<EffectKey, 'closureId' | 'round'> {
  return { closureId, round };
}

function pickTarget({
  closureId,
  round,
  target,
  planDigest,
}: z.infer<typeof targetStep>): Omit<EffectKey, 'step'> & { planDigest: string } {
  return { closureId, round, target, planDigest };
}
