import type { ColumnValue, Placeholder, PostgresDefinition, TableRule, Where } from '../../ports/target-catalog';
import type { ColumnFacts, TableFacts } from './catalogue';
import type { Facts } from './check-tables';
import { HASH_LENGTH } from './hashes';
import { columnPath, errorAt, inWords, pathOf, warningAt, type RowsProblem } from './problems';
import { columnsSet } from './reach';

/** What the database accepts; types are SQL from its catalogue. */
export interface Accepts {
  /** The text as a value of the type. */
  readonly text: (text: string, type: string) => Promise<boolean>;
  /** A comparison of values of the two types. */
  readonly equality: (one: string, other: string) => Promise<boolean>;
}

const INSTANTS = ['date', 'timestamp without time zone', 'timestamp with time zone'];

/** An id of an account looks so. */
const AN_ID = '00000000-0000-4000-8000-000000000000';

/** What is wrong with the values that columns are compared with and set to. */
export async function problemsOfValues(
  definition: PostgresDefinition,
  facts: Facts,
  accepts: Accepts,
): Promise<readonly RowsProblem[]> {
  const { subject, tables } = definition;
  const found: RowsProblem[] = [];
  if (subject !== undefined) {
    found.push(...(await problemsOfWhere(subject.where, { path: 'subject', accepts, facts: facts(subject.table) })));
  }
  for (const [index, rule] of tables.entries()) {
    const at = { path: pathOf(index), accepts };
    found.push(...(await problemsOfWhere(rule.where, { ...at, facts: facts(rule.via?.table ?? rule.table) })));
    const own = facts(rule.table);
    if (own === undefined) continue;
    found.push(...problemsOfUntil(rule, own, at.path), ...(await problemsOfSet(rule, { ...at, facts: own })));
  }
  return found;
}

interface Place {
  readonly path: string;
  readonly accepts: Accepts;
  readonly facts: TableFacts | undefined;
}

async function problemsOfWhere(where: Where, { path, accepts, facts }: Place): Promise<readonly RowsProblem[]> {
  const found: RowsProblem[] = [];
  for (const [name, placeholder] of Object.entries<Placeholder>(where)) {
    const column = columnNamed(facts, name);
    if (column === undefined || placeholder === 'key') continue;
    if (await accepts.text(AN_ID, column.type)) continue;
    const at = columnPath(path, 'where', name);
    found.push(errorAt(at, `The column ${name} is of type ${column.storedType}, which holds no ${placeholder}.`));
  }
  return found;
}

async function problemsOfSet(
  { table, action }: TableRule,
  { path, accepts, facts }: Place,
): Promise<readonly RowsProblem[]> {
  if (action.kind === 'delete') return [];
  const found: RowsProblem[] = [];
  for (const [name, value] of Object.entries(action.set)) {
    const column = columnNamed(facts, name);
    const problem = column === undefined ? undefined : await problemOfValue(column, value, accepts);
    if (problem !== undefined) found.push(errorAt(path, problem));
    if (value.kind === 'fixed' && facts?.unique.includes(name) === true) {
      found.push(
        warningAt(path, `${name} is unique in ${inWords(table)}: a second row with the same value is refused.`),
      );
    }
  }
  return found;
}

async function problemOfValue(column: ColumnFacts, value: ColumnValue, accepts: Accepts): Promise<string | undefined> {
  const { name, storedType, isNotNull, isGenerated } = column;
  if (isGenerated) return `The database itself makes ${name}: nothing can be assigned to it.`;
  switch (value.kind) {
    case 'null':
      return isNotNull ? `${name} is NOT NULL, and cannot be set to null.` : undefined;
    case 'hash':
      return problemOfHash(column);
    case 'fixed':
      if (isTooLong(column, Array.from(String(value.value)).length)) {
        return `${name} is of type ${storedType}, which is too short for its value.`;
      }
      return (await accepts.text(String(value.value), storedType))
        ? undefined
        : `${name} is of type ${storedType}, which does not take its value.`;
  }
}

function problemOfHash(column: ColumnFacts): string | undefined {
  const { name, storedType, isText } = column;
  if (!isText) return `${name} is of type ${storedType}: only a text can be set to a hash.`;
  return isTooLong(column, HASH_LENGTH)
    ? `${name} is of type ${storedType}: a hash needs ${String(HASH_LENGTH)} characters.`
    : undefined;
}

function isTooLong({ isText, characters }: ColumnFacts, length: number): boolean {
  return isText && characters !== null && length > characters;
}

function problemsOfUntil(rule: TableRule, facts: TableFacts, path: string): readonly RowsProblem[] {
  if (rule.action.kind !== 'retain' || rule.action.until === undefined) return [];
  const { column: name } = rule.action.until;
  const column = columnNamed(facts, name);
  if (column === undefined) return [];
  if (columnsSet(rule).includes(name)) {
    return [errorAt(path, `The end is counted from ${name}, which is set as well: what it held is needed.`)];
  }
  return INSTANTS.includes(column.type)
    ? []
    : [errorAt(path, `The end is counted from ${name}, which is of type ${column.storedType}: it has to be a date.`)];
}

/** The column of that name; nothing when there is none. */
export function columnNamed(facts: TableFacts | undefined, name: string): ColumnFacts | undefined {
  return facts?.columns.find((column) => column.name === name);
}
