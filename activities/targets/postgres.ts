import type { EraseOutcome, RetainedItems, VerifyOutcome } from '../../workflows/contract/target-outcomes';
import type { EffectKey } from '../ports/audit-log';
import type { Confirmed, Erasure, ErasureTarget, Holdings, Kept, Planning, Told } from '../ports/erasure-target';
import { NotYetError, StepNeedsOperatorError } from '../ports/step-faults';
import type { Batch, HeldRows, RowErasure, SubjectIds, SubjectRows } from '../ports/subject-rows';
import { needsIdentifiers, type PostgresDefinition, type TableRule } from '../ports/target-catalog';

/** The changing call, as the audit log names it: the first batch of an attempt. The others are in the database's own ledger. */
const ROWS = 'rows';

/** A batch ends by its own bounds, well before this: what was begun is known to have ended, also when nobody waits any more. */
const BATCH_MS = 60_000;

/** A replica that is behind is looked at again after that. */
const REPLICA_LAG_MS = 5_000;

/** The definition, and the rows that it describes. */
interface Sources {
  readonly definition: PostgresDefinition;
  readonly rows: SubjectRows;
  /** Something has to be known of the person besides the account's ids. */
  readonly needsKept: boolean;
}

/** The rows of one person in one database. */
export function createPostgresTarget(definition: PostgresDefinition, rows: SubjectRows): ErasureTarget {
  const sources = { definition, rows, needsKept: needsIdentifiers(definition) };
  return {
    plan: (planning) => plan(sources, planning),
    erase: (erasure) => erase(sources, erasure),
    verify: (confirmed) => verify(sources, confirmed),
  };
}

async function plan(sources: Sources, planning: Planning): Promise<Holdings> {
  const { definition, rows, needsKept } = sources;
  const { account, signal } = planning;
  const kept = needsKept ? await planning.keep(await identify(sources, planning)) : undefined;
  const held = isNobody(sources, kept) ? [] : await rows.count(idsOf(account, kept), signal);
  const countOf = (what: string): HeldRows => held.find((found) => found.what === what) ?? { what, count: 0 };
  return {
    ...(kept === undefined ? {} : { subject: kept.digest }),
    erases: definition.tables.flatMap(({ what, action }) =>
      action.kind === 'retain' ? [] : [{ what, action: action.kind, count: countOf(what).count }],
    ),
    retains: definition.tables.flatMap((table) => retentionOf(table, countOf(table.what))),
    keptByProvider: [],
  };
}

function retentionOf({ what, action }: TableRule, { count, until }: HeldRows): Holdings['retains'] {
  if (action.kind !== 'retain') return [];
  const { basis, until: rule } = action;
  const inWords =
    rule === undefined ? {} : { rule: `${String(rule.plus.count)} ${rule.plus.unit} after ${rule.column}` };
  return [{ what, count, basis, ...inWords, ...(until === undefined ? {} : { until }) }];
}

/** Who it is in this database. Nobody is an answer, too: then nothing is held. */
async function identify({ definition, rows }: Sources, { account, signal }: Planning): Promise<Kept['identifiers']> {
  if (definition.subject === undefined) return {};
  const look = await rows.findKey(account, signal);
  switch (look.kind) {
    case 'found':
      return { key: look.key };
    case 'none':
      return {};
    case 'ambiguous':
      throw new StepNeedsOperatorError('SubjectAmbiguous');
  }
}

async function erase(sources: Sources, erasure: Erasure): Promise<Told<EraseOutcome>> {
  const { definition, rows, needsKept } = sources;
  const { account, signal } = erasure;
  const kept = needsKept ? await erasure.kept() : undefined;
  if (isNobody(sources, kept)) return { kind: 'absent', retained: [] };

  const effect = effectOf(erasure);
  const todo: RowErasure = { effect, ids: idsOf(account, kept), hashKey: kept?.hashKey };
  let batch = await rows.progress(effect, signal);
  for (let nth = 0; batch?.isLast !== true; nth += 1) {
    const ended = await endedBefore(erasure, erasedBy(definition, batch));
    if (ended !== undefined) return ended;
    batch = await nextBatch(rows, erasure, { todo, isFirst: nth === 0 });
  }
  return outcomeOf(definition, batch);
}

/** What there is to say instead of a further batch; nothing when it may be made. */
async function endedBefore(erasure: Erasure, count: number): Promise<Told<EraseOutcome> | undefined> {
  if (erasure.isCancelled()) return { kind: 'interrupted', count };
  erasure.signal.throwIfAborted();
  const taken = await erasure.noLongerOurs();
  return taken === undefined ? undefined : { ...taken, done: count === 0 ? [] : [ROWS] };
}

/** Waited for to its end, also when the attempt ends meanwhile: so it is known what was erased. */
async function nextBatch(
  rows: SubjectRows,
  erasure: Erasure,
  { todo, isFirst }: { readonly todo: RowErasure; readonly isFirst: boolean },
): Promise<Batch> {
  const erase = (): Promise<Batch> => rows.eraseBatch(todo, AbortSignal.timeout(BATCH_MS));
  const batch = isFirst ? await erasure.change(ROWS, erase) : await erase();
  if (batch === 'absent') throw new TypeError('a batch is never absent');
  return batch;
}

function effectOf({ closureId, firstRunId, target, round }: Erasure): EffectKey {
  return { closureId, firstRunId, target, step: 'erase', round };
}

function outcomeOf(definition: PostgresDefinition, batch: Batch): Told<EraseOutcome> {
  const count = erasedBy(definition, batch);
  const retained = definition.tables.flatMap((table) => keptRows(table, batch.soFar));
  return count === 0 ? { kind: 'absent', retained } : { kind: 'erased', count, retained };
}

function erasedBy({ tables }: PostgresDefinition, batch: Batch | undefined): number {
  const erased = tables.filter(({ action }) => action.kind !== 'retain').map(({ what }) => what);
  return (batch?.soFar ?? []).filter(({ what }) => erased.includes(what)).reduce((sum, { count }) => sum + count, 0);
}

function keptRows({ what, action }: TableRule, soFar: readonly HeldRows[]): readonly RetainedItems[] {
  if (action.kind !== 'retain') return [];
  const { basis } = action;
  return soFar
    .filter((held) => held.what === what && held.count > 0)
    .map(({ count, until }) => ({ what, count, basis, ...(until === undefined ? {} : { until }) }));
}

async function verify(sources: Sources, confirmed: Confirmed): Promise<VerifyOutcome> {
  const { rows, needsKept } = sources;
  const { account, signal } = confirmed;
  const kept = needsKept ? await confirmed.kept() : undefined;
  if (isNobody(sources, kept)) return await stillNobody(rows, confirmed);
  const read = await rows.remaining({ ids: idsOf(account, kept), hashKey: kept?.hashKey }, signal);
  if (read.kind === 'behind') throw new NotYetError('ReadsUnsettled', REPLICA_LAG_MS);
  if (read.remaining > 0) return { kind: 'remains', count: read.remaining };
  return { kind: 'absent', grade: read.path === 'replica' ? 're-read' : 'same-server' };
}

/** A person who came to be known here after the plan was made was not promised to be erased; nor may they be called gone. */
async function stillNobody(rows: SubjectRows, { account, signal }: Confirmed): Promise<VerifyOutcome> {
  const look = await rows.findKey(account, signal);
  return look.kind === 'none' ? { kind: 'absent', grade: 'same-server' } : { kind: 'remains', count: 1 };
}

function isNobody({ definition }: Sources, kept: Kept | undefined): boolean {
  return definition.subject !== undefined && kept?.identifiers['key'] === undefined;
}

function idsOf(account: SubjectIds['account'], kept: Kept | undefined): SubjectIds {
  const key = kept?.identifiers['key'];
  return key === undefined ? { account } : { account, key };
}
