import type { RetentionRule } from '../../ports/target-catalog';
import { instantOf } from './ledger';
import { columnOf } from './conditions';
import type { TableShape } from './shapes';

/**
 * SQL, an aggregate: until when the last of the rows `alias` has to be kept, as text; NULL without a rule, without rows, and
 * when a row has no instant to count from. Calendar units, counted in UTC: the session's time zone does not matter.
 */
export function endOf(alias: string, rule: RetentionRule | undefined, shape: TableShape): string {
  if (rule === undefined) return 'NULL::pg_catalog.text';
  const column = shape.column(rule.column);
  const held = columnOf(alias, column);
  const instant = column.type === 'timestamp with time zone' ? `${held} AT TIME ZONE 'UTC'` : `${held}::timestamp`;
  const { count, unit } = rule.plus;
  const plus = `pg_catalog.make_interval(${unit} => ${Math.trunc(count)})`;
  const end = `((pg_catalog.max(${instant}) + ${plus}) AT TIME ZONE 'UTC')`;
  return `CASE WHEN pg_catalog.bool_and(${held} IS NOT NULL) THEN ${instantOf(end)} END`;
}
