import type { PostgresDefinition, TableName, TableRule } from '../../ports/target-catalog';

/** Whether both name the same table. */
export function isSameTable(one: TableName, other: TableName): boolean {
  return one.schema === other.schema && one.table === other.table;
}

/** The columns of the table itself by which the person's rows are found: those of the condition, or of the join. */
export function columnsThatLead({ where, via }: TableRule): readonly string[] {
  return Object.keys(via === undefined ? where : via.on);
}

/** The columns that the action sets. */
export function columnsSet({ action }: TableRule): readonly string[] {
  return action.kind === 'delete' ? [] : Object.keys(action.set);
}

/** Whether the action itself sets a column by which the rows are found: once done, they cannot be found any more. */
export function hidesItself(rule: TableRule): boolean {
  const set = columnsSet(rule);
  return columnsThatLead(rule).some((column) => set.includes(column));
}

/** Whether the other rule takes away what this one's rows are found by. */
export function isCutOffBy(rule: TableRule, other: TableRule): boolean {
  if (rule === other) return false;
  if (rule.via === undefined) return isSameTable(rule.table, other.table) && sets(other, columnsThatLead(rule));
  if (isSameTable(rule.table, other.table) && sets(other, columnsThatLead(rule))) return true;
  if (!isSameTable(rule.via.table, other.table)) return false;
  return other.action.kind === 'delete' || sets(other, [...Object.keys(rule.where), ...Object.values(rule.via.on)]);
}

/** Whether the person's rows can still be found when the whole erasure is done. */
export function isFoundAfterwards(rule: TableRule, { tables }: PostgresDefinition): boolean {
  return !hidesItself(rule) && !tables.some((other) => isCutOffBy(rule, other));
}

function sets(rule: TableRule, columns: readonly string[]): boolean {
  return columnsSet(rule).some((column) => columns.includes(column));
}
