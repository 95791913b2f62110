import type { SubjectIds } from '../../ports/subject-rows';
import type { ColumnValue, Placeholder, TableAction, TableName, TableRule, Where } from '../../ports/target-catalog';
import { quoted } from '../database/target-database';
import { HASH_PATTERN } from './hashes';
import type { ColumnShape, Shapes, TableShape } from './shapes';

/** Values of one statement, each added as its next parameter. */
export interface Parameters {
  /** The parameter's place, e.g. `$2`. */
  readonly add: (value: unknown) => string;
  readonly values: readonly unknown[];
}

/** None yet. */
export function createParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** A table, with its schema. */
export function nameOf({ schema, table }: TableName): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

/** A column of the table that the statement calls `alias`. */
export function columnOf(alias: string, { name }: { readonly name: string }): string {
  return `${alias}.${quoted(name)}`;
}

/** The equality of the column's type, whatever the search path is. */
export function equals({ equalityIn }: ColumnShape): string {
  return `OPERATOR(${quoted(equalityIn)}.=)`;
}

/** Whose rows. */
export interface Whose {
  readonly ids: SubjectIds;
  readonly shapes: Shapes;
  readonly parameters: Parameters;
}

/** SQL: the row `t` of the rule's table belongs to the person. */
export function belongs({ table, via, where }: TableRule, whose: Whose): string {
  if (via === undefined) return meets('t', where, { ...whose, shape: whose.shapes(table) });
  const child = whose.shapes(table);
  const parent = whose.shapes(via.table);
  const joins = Object.entries(via.on).map(([here, there]) => {
    const column = parent.column(there);
    return `${columnOf('p', column)} ${equals(column)} ${columnOf('t', child.column(here))}`;
  });
  const conditions = [...joins, meets('p', where, { ...whose, shape: parent })].join(' AND ');
  return `EXISTS (SELECT 1 FROM ${nameOf(via.table)} AS p WHERE ${conditions})`;
}

/** SQL: the row called `alias` meets the condition. Values are compared as the column's own type, so that its index is used. */
export function meets(
  alias: string,
  where: Where,
  { shape, ids, parameters }: Omit<Whose, 'shapes'> & { readonly shape: TableShape },
): string {
  const conditions = Object.entries(where).map(([name, placeholder]) => {
    const column = shape.column(name);
    const value = parameters.add(idOf(placeholder, ids));
    return `${columnOf(alias, column)} ${equals(column)} ${value}::pg_catalog.text::${column.type}`;
  });
  // Without one the statement would mean everybody's rows.
  if (conditions.length === 0) throw new TypeError('A table without a condition is nobody’s.');
  return conditions.join(' AND ');
}

function idOf(placeholder: Placeholder, { account, key }: SubjectIds): string {
  if (placeholder !== 'key') return account[placeholder];
  if (key === undefined) throw new TypeError('A condition on the key needs the key.');
  return key.reveal();
}

/** The columns that the action sets, with what to. */
export function settingsOf(action: TableAction, shape: TableShape): readonly (readonly [ColumnShape, ColumnValue])[] {
  if (action.kind === 'delete') return [];
  return Object.entries(action.set).map(([name, value]) => [shape.column(name), value] as const);
}

/** SQL: the row `t` still has to be dealt with. For a deletion every row has; what was set already has not. */
export function isToDo(action: TableAction, shape: TableShape, parameters: Parameters): string {
  if (action.kind === 'delete') return 'TRUE';
  const open = settingsOf(action, shape).map((setting) => isToSet(setting, parameters));
  return open.length === 0 ? 'FALSE' : `(${open.join(' OR ')})`;
}

function isToSet([column, value]: readonly [ColumnShape, ColumnValue], parameters: Parameters): string {
  const held = columnOf('t', column);
  // Of composite types, too, and unlike IS NOT NULL for those.
  const isHeld = `${held} IS DISTINCT FROM NULL`;
  switch (value.kind) {
    case 'null':
      return isHeld;
    case 'fixed':
      return `(${isSameText(held, `${fixed(value.value, parameters)}::${column.storedType}`)}) IS NOT TRUE`;
    case 'hash':
      return `(${isHeld} AND ${asText(held)} OPERATOR(pg_catalog.!~) '${HASH_PATTERN}')`;
  }
}

/** SQL: the text of a value, to be compared byte by byte: types without an equality can be, and collations do not matter. */
export function asText(expression: string): string {
  return `(${expression})::pg_catalog.text COLLATE pg_catalog."C"`;
}

/** SQL: both are the same as texts, by an equality that nobody can put another one before; NULL when one is. */
export function isSameText(one: string, other: string): string {
  return `${asText(one)} OPERATOR(pg_catalog.=) ${asText(other)}`;
}

/** SQL: a fixed value as text. */
export function fixed(value: string | number | boolean, parameters: Parameters): string {
  return `${parameters.add(String(value))}::pg_catalog.text`;
}
