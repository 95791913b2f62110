import type { PostgresDefinition, TableName, TableRule } from '../../ports/target-catalog';
import type { TableFacts } from './catalogue';
import { errorAt, inWords, listed, pathOf, warningAt, type RowsProblem } from './problems';
import { columnsSet, isCutOffBy, isSameTable } from './reach';

/** What the catalogue says of a table; `undefined` when there is none. */
export type Facts = (table: TableName) => TableFacts | undefined;

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialised view',
  f: 'a foreign table',
};

/** What is wrong with the tables themselves: missing, without a key, without a right, hiding rows. */
export function problemsOfTables(definition: PostgresDefinition, facts: Facts): readonly RowsProblem[] {
  return [
    ...problemsOfSubject(definition, facts),
    ...definition.tables.flatMap((rule, index) => problemsOfTable(rule, { path: pathOf(index), facts })),
    ...definition.tables.flatMap((rule, index) => problemsOfOrder(rule, { index, definition })),
  ];
}

function problemsOfSubject({ subject }: PostgresDefinition, facts: Facts): readonly RowsProblem[] {
  if (subject === undefined) return [];
  const columns = [...Object.keys(subject.where), subject.key];
  return problemsOfReading(
    { table: subject.table, columns, lead: Object.keys(subject.where) },
    { path: 'subject', facts },
  );
}

interface At {
  readonly path: string;
  readonly facts: Facts;
}

function problemsOfTable(rule: TableRule, at: At): readonly RowsProblem[] {
  const { table, via, where, action } = rule;
  const found = at.facts(table);
  const until = action.kind === 'retain' && action.until !== undefined ? [action.until.column] : [];
  const own = via === undefined ? Object.keys(where) : Object.keys(via.on);
  const columns = [...own, ...(found?.primaryKey ?? []), ...columnsSet(rule), ...until];
  return [
    ...problemsOfReading({ table, columns, lead: own }, at),
    ...(via === undefined
      ? []
      : problemsOfReading(
          { table: via.table, columns: [...Object.keys(where), ...Object.values(via.on)], lead: Object.keys(where) },
          at,
        )),
    ...(found === undefined ? [] : problemsOfChanging(rule, found, at.path)),
  ];
}

interface ReadTable {
  readonly table: TableName;
  readonly columns: readonly string[];
  /** By one of these the rows are found. */
  readonly lead: readonly string[];
}

function problemsOfReading({ table, columns, lead }: ReadTable, { path, facts }: At): readonly RowsProblem[] {
  const name = inWords(table);
  const found = facts(table);
  if (found === undefined) return [errorAt(path, `There is no table ${name}.`)];
  if (!found.mayUseSchema) {
    return [errorAt(path, `The role has no right to the schema: GRANT USAGE ON SCHEMA ${table.schema}.`)];
  }
  const missing = columns.filter((column) => !found.columns.some((one) => one.name === column));
  const unread = found.columns.filter((column) => columns.includes(column.name) && !column.mayRead);
  return [
    ...missing.map((column) => errorAt(path, `The table ${name} has no column ${column}.`)),
    ...(unread.length === 0 ? [] : [errorAt(path, `The role has no right to read ${name}: GRANT SELECT ON ${name}.`)]),
    ...(found.hidesRows
      ? [errorAt(path, `Row level security of ${name} hides rows from the role: that it sees none proves nothing.`)]
      : []),
    ...(lead.some((column) => found.indexed.includes(column))
      ? []
      : [warningAt(path, `No index of ${name} begins with ${lead.join(' or ')}: every batch reads the whole table.`)]),
  ];
}

function problemsOfChanging(rule: TableRule, found: TableFacts, path: string): readonly RowsProblem[] {
  const name = inWords(rule.table);
  const kind = KINDS[found.kind];
  if (kind !== undefined) return [errorAt(path, `${name} is ${kind}: name the tables that its rows lie in.`)];
  const event = eventOf(rule);
  return [
    ...(found.primaryKey.length > 0 ? [] : [errorAt(path, `The table ${name} has no primary key.`)]),
    ...problemsOfRights(rule, found, path),
    ...(found.isInherited
      ? [
          warningAt(
            path,
            `Other tables inherit from ${name}: their rows are erased with it, and their keys may be the same.`,
          ),
        ]
      : []),
    ...problemsOfCode(found, { path, name, event }),
  ];
}

/** What the action does to the rows, as triggers and rules call it. */
function eventOf(rule: TableRule): 'DELETE' | 'UPDATE' | undefined {
  if (rule.action.kind === 'delete') return 'DELETE';
  return columnsSet(rule).length > 0 ? 'UPDATE' : undefined;
}

function problemsOfRights(rule: TableRule, { columns, mayDelete }: TableFacts, path: string): readonly RowsProblem[] {
  const name = inWords(rule.table);
  if (rule.action.kind === 'delete') {
    return mayDelete ? [] : [errorAt(path, `The role has no right to delete from ${name}: GRANT DELETE ON ${name}.`)];
  }
  const set = columnsSet(rule);
  const locked = listed(columns.filter((one) => set.includes(one.name) && !one.mayUpdate).map((one) => one.name));
  return locked === ''
    ? []
    : [errorAt(path, `The role has no right to set ${locked}: GRANT UPDATE (${locked}) ON ${name}.`)];
}

/** What runs in their database when we change rows. */
function problemsOfCode(
  { triggers, rules }: TableFacts,
  {
    path,
    name,
    event,
  }: { readonly path: string; readonly name: string; readonly event: 'DELETE' | 'UPDATE' | undefined },
): readonly RowsProblem[] {
  const does = event ?? '';
  return [
    ...rules
      .filter((rule) => rule.event === event)
      .map((rule) => errorAt(path, `The rule ${rule.name} of ${name} changes what a ${does} does.`)),
    ...triggers
      .filter((trigger) => trigger.event === event)
      .map((trigger) =>
        warningAt(
          path,
          `The trigger ${trigger.name} of ${name} runs at each ${does}: see that it keeps no row, and no copy elsewhere.`,
        ),
      ),
  ];
}

/** Rows that are found by others have to be dealt with before these go. */
function problemsOfOrder(
  rule: TableRule,
  { index, definition }: { readonly index: number; readonly definition: PostgresDefinition },
): readonly RowsProblem[] {
  const by = definition.tables.slice(0, index).find((earlier) => isCutOffBy(rule, earlier));
  if (by === undefined) return [];
  const place = isSameTable(by.table, rule.table) ? 'the same table' : inWords(by.table);
  return [
    errorAt(pathOf(index), `What the rows are found by is gone once ${place} was dealt with: put this one before it.`),
  ];
}
