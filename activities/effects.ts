import { z } from 'zod';
import type { Guid } from '../workflows/contract/account';
import { isGuid } from '../workflows/contract/ids';
import type { ClosureActivities } from '../workflows/contract/activities';
import type { EraseOutcome, FenceOutcome, Stopped } from '../workflows/contract/target-outcomes';
import type { AuditLog, EffectKey } from './ports/audit-log';
import { IndeterminateAnswerError } from './ports/faults';

/** Names of the Activities. */
export type ActivityName = keyof ClosureActivities;
type Result<Name extends ActivityName> = Awaited<ReturnType<ClosureActivities[Name]>>;

/** `reads`: changes nothing. `keeps its own record`: what it writes is idempotent by itself. Anything else is an effect. */
type Declared<Name extends ActivityName> = 'reads' | 'keeps its own record' | Effect<Name>;

/** What an Activity changes outside: how its input names the effect, and how its recorded result reads. */
interface Effect<Name extends ActivityName> {
  readonly of: Name;
  /** @throws when the input does not name the effect: nothing is done that cannot be named */
  readonly keyOf: (input: unknown) => EffectKey & { readonly planDigest?: string };
  /** Whether something was done: an outcome that says no is no result, and the next attempt asks anew. */
  readonly isResult: (outcome: unknown) => boolean;
  /** @throws IndeterminateAnswerError when what was recorded is no result that this version can read */
  readonly readBack: (recorded: unknown) => unknown;
}

/** Compiles only when the schema reads exactly the results that the Activity gives, no more and no fewer. */
type Exactly<Name extends ActivityName, Schema extends z.ZodType> = [
  Result<Name> extends z.output<Schema> ? true : false,
  z.output<Schema> extends Result<Name> ? true : false,
] extends [true, true]
  ? Schema
  : never;

/** `unsupported`: another version of the target may be able to, and an operator's retry must find out. */
const NOT_DONE = ['ended-before', 'closure-goes-on', 'unsupported', 'interrupted', 'none-left'];

function effect<Name extends ActivityName, Schema extends z.ZodType>(
  of: Name,
  keyOf: Effect<Name>['keyOf'],
  result: Schema & Exactly<Name, Schema>,
): Effect<Name> {
  return {
    of,
    keyOf,
    isResult: (outcome) => !NOT_DONE.some((kind) => isOfKind(outcome, kind)),
    readBack: (recorded) => {
      const parsed = result.safeParse(recorded);
      if (parsed.success) return parsed.data;
      throw new IndeterminateAnswerError(
        { farEnd: 'audit-log', operation: 'audit-log.find' },
        `the recorded result of ${of} cannot be read`,
      );
    },
  };
}

function isOfKind(outcome: unknown, kind: string): boolean {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === kind;
}

const guid = z.custom<Guid>(isGuid);
const round = z.number().int().positive();
const historyStep = z.object({ closureId: guid, firstRunId: z.string().min(1), round });
const targetStep = historyStep.extend({ target: z.string().min(1), planDigest: z.string() });

const stopped: z.ZodType<Stopped> = z.object({
  kind: z.literal('stopped'),
  reason: z.enum(['account-gone', 'managed-tenant', 'federated-tenant', 'unknown-tenant']),
  signIn: z.enum(['blocked', 'not-blocked', 'unknown']),
  done: z.array(z.string()).readonly(),
  isPastPointOfNoReturn: z.boolean(),
});
const retained = z
  .array(z.object({ what: z.string(), count: z.number(), basis: z.string(), until: z.string().exactOptional() }))
  .readonly();
const endedBefore = z.object({
  kind: z.literal('ended-before'),
  ending: z.enum(['withdrawn', 'expired', 'rejected']),
});

/** Every Activity, and what it changes: one that is not declared does not compile. */
const DECLARED: { readonly [Name in ActivityName]: Declared<Name> } = {
  checkEligibility: 'reads',
  awaitExport: 'reads',
  checkExport: 'reads',
  planAgain: 'reads',
  verifyTarget: 'keeps its own record',
  planErasure: 'keeps its own record',
  planTarget: 'keeps its own record',
  recordEnding: 'keeps its own record',
  arrangeForgetting: 'keeps its own record',
  requestExport: effect(
    'requestExport',
    (input) => ({ ...historyStep.parse(input), target: 'export', step: 'request' }),
    z.union([z.object({ operationId: z.string(), container: z.string() }), z.object({ kind: z.literal('none-left') })]),
  ),
  fenceTarget: effect(
    'fenceTarget',
    (input) => ({ ...targetStep.parse(input), step: 'fence' }),
    z.union([
      z.object({ kind: z.literal('fenced') }),
      z.object({ kind: z.literal('needless') }),
      endedBefore,
      stopped,
    ]) satisfies z.ZodType<FenceOutcome>,
  ),
  eraseTarget: effect(
    'eraseTarget',
    (input) => ({ ...targetStep.parse(input), step: 'erase' }),
    z.union([
      z.object({ kind: z.literal('erased'), count: z.number(), retained }),
      z.object({ kind: z.literal('absent'), retained }),
      z.object({ kind: z.literal('unsupported') }),
      z.object({ kind: z.literal('interrupted'), count: z.number() }),
      endedBefore,
      stopped,
    ]) satisfies z.ZodType<EraseOutcome>,
  ),
  deleteExports: effect(
    'deleteExports',
    (input) => ({ ...historyStep.parse(input), target: 'export', step: 'delete' }),
    z.union([
      z.object({ kind: z.literal('deleted'), containers: z.number() }),
      z.object({ kind: z.literal('closure-goes-on') }),
    ]),
  ),
};

/** An attempt of an Activity, as its interceptor sees it. */
export interface CalledActivity {
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/**
 * Runs an Activity, and when it is an effect, between its two audit entries: the intent before, so that nothing is done
 * without a trace, and the result after, as it was returned. A result that is there already is answered as it was recorded and
 * nothing is done again: the second attempt of an erasure must not find less than the first one erased.
 */
export async function runRecorded(
  auditLog: AuditLog,
  activity: CalledActivity,
  perform: () => Promise<unknown>,
): Promise<unknown> {
  const declared = declarationOf(activity.name);
  if (typeof declared === 'string') return await perform();

  const key = declared.keyOf(activity.input);
  const intent = await auditLog.append({ ...key, kind: 'intent' }, activity.signal);
  const recorded = intent.isNew ? undefined : await auditLog.find(key, 'result', activity.signal);
  if (recorded !== undefined) return declared.readBack(recorded.outcome);

  const outcome = await perform();
  if (!isRecord(outcome) || !declared.isResult(outcome)) return outcome;
  const { entry, isNew } = await auditLog.append({ ...key, kind: 'result', outcome }, activity.signal);
  // Another attempt was first: what the log says is what was done.
  return isNew ? outcome : declared.readBack(entry.outcome);
}

function declarationOf(name: string): Declared<ActivityName> {
  const found = Object.entries(DECLARED).find(([declared]) => declared === name);
  if (found === undefined) throw new TypeError('Every Activity of a closure is declared.');
  return found[1];
}

function isRecord(outcome: unknown): outcome is Readonly<Record<string, unknown>> {
  return typeof outcome === 'object' && outcome !== null;
}
