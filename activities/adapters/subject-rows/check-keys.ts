import type { PostgresDefinition, TableRule } from '../../ports/target-catalog';
import type { ColumnFacts } from './catalogue';
import type { Facts } from './check-tables';
import { columnNamed, type Accepts } from './check-values';
import { columnPath, errorAt, pathOf, warningAt, type RowsProblem } from './problems';

/** What keys of a type look like at the least and at the most, as their database prints them. */
const SAMPLES: Readonly<Record<string, readonly [string, string]>> = {
  uuid: ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  smallint: ['1', '32767'],
  integer: ['1', '2147483647'],
  bigint: ['1', '9223372036854775807'],
  numeric: ['1', '9223372036854775808'],
};

interface Place {
  readonly path: string;
  readonly accepts: Accepts;
}

interface Checking extends Place {
  readonly facts: Facts;
}

/**
 * Whether the columns that are compared with the person's key, and those that tables are joined by, can be. A key that does not
 * fit stops every plan; one that is written otherwise finds nothing, which is worse.
 */
export async function problemsOfKeys(
  { subject, tables }: PostgresDefinition,
  facts: Facts,
  accepts: Accepts,
): Promise<readonly RowsProblem[]> {
  const key = subject === undefined ? undefined : columnNamed(facts(subject.table), subject.key);
  const found: RowsProblem[] = [];
  for (const [index, rule] of tables.entries()) {
    const checking = { path: pathOf(index), facts, accepts };
    found.push(...(await problemsOfJoin(rule, checking)));
    if (key !== undefined) found.push(...(await problemsOfWhere(key, rule, checking)));
  }
  return found;
}

async function problemsOfWhere(
  key: ColumnFacts,
  { table, via, where }: TableRule,
  { path, facts, accepts }: Checking,
): Promise<readonly RowsProblem[]> {
  const found: RowsProblem[] = [];
  for (const [name, placeholder] of Object.entries(where)) {
    const column = columnNamed(facts(via?.table ?? table), name);
    if (placeholder !== 'key' || column === undefined || isOfOneKind(key, column)) continue;
    found.push(...(await problemsOfKey(key, column, { path: columnPath(path, 'where', name), accepts })));
  }
  return found;
}

function isOfOneKind(key: ColumnFacts, column: ColumnFacts): boolean {
  return key.type === column.type || (key.isText && column.isText);
}

async function problemsOfKey(
  key: ColumnFacts,
  column: ColumnFacts,
  { path, accepts }: Place,
): Promise<readonly RowsProblem[]> {
  const here = `The key is of type ${key.storedType}, and ${column.name} of type ${column.storedType}`;
  const asPrinted = `${here}: rows are found only where the key is written exactly as the database prints it.`;
  const samples = SAMPLES[key.type];
  if (samples === undefined) return [warningAt(path, asPrinted)];
  const [usual, largest] = samples;
  const isAlike = Object.hasOwn(SAMPLES, column.type);
  const holdsAll = await accepts.text(largest, column.type);
  // '1' is a boolean, too, and then everybody's rows would be meant.
  const holdsSome = holdsAll || (isAlike && (await accepts.text(usual, column.type)));
  if (!holdsSome) return [errorAt(path, `${here}, which holds no such key.`)];
  if (!holdsAll) return [warningAt(path, `${here}: a key that is too large for it stops the plan.`)];
  return isAlike ? [] : [warningAt(path, asPrinted)];
}

async function problemsOfJoin(
  { table, via }: TableRule,
  { path, facts, accepts }: Checking,
): Promise<readonly RowsProblem[]> {
  if (via === undefined) return [];
  const found: RowsProblem[] = [];
  for (const [here, there] of Object.entries(via.on)) {
    const [own, other] = [columnNamed(facts(table), here), columnNamed(facts(via.table), there)];
    if (own === undefined || other === undefined || own.type === other.type) continue;
    if (await accepts.equality(other.type, own.type)) continue;
    const message = `${here} is of type ${own.storedType}, and ${there} of type ${other.storedType}: the two cannot be compared.`;
    found.push(errorAt(columnPath(path, 'via.on', here), message));
  }
  return found;
}
