import { z } from 'zod';
import type { HeldRows, SubjectIds } from '../../ports/subject-rows';
import type { TableRule } from '../../ports/target-catalog';
import type { Ask } from '../database/target-database';
import { belongs, createParameters, isToDo, nameOf } from './conditions';
import { endOf } from './retention';
import type { Shapes } from './shapes';

const Held = z.object({ count: z.coerce.number(), until: z.string().nullable() });

/** The person's rows of a table, of whatever action; of a retained one with the latest end. */
export async function countHeld(ask: Ask, rule: TableRule, of: { ids: SubjectIds; shapes: Shapes }): Promise<HeldRows> {
  const parameters = createParameters();
  const until = endOf('t', rule.action.kind === 'retain' ? rule.action.until : undefined, of.shapes(rule.table));
  const [held] = await ask({
    sql: `SELECT pg_catalog.count(*) AS count, ${until} AS until
          FROM ${nameOf(rule.table)} AS t WHERE ${belongs(rule, { ...of, parameters })}`,
    values: parameters.values,
    row: Held,
  });
  const { what } = rule;
  if (held === undefined) throw new TypeError('A count gave no row.');
  return { what, count: held.count, ...(held.until === null ? {} : { until: held.until }) };
}

/** The person's rows of a table that are still to be deleted, or have a column that is still to be set. */
export async function countToDo(ask: Ask, rule: TableRule, of: { ids: SubjectIds; shapes: Shapes }): Promise<number> {
  const parameters = createParameters();
  const whose = belongs(rule, { ...of, parameters });
  const [left] = await ask({
    sql: `SELECT pg_catalog.count(*) AS count, NULL AS until
          FROM ${nameOf(rule.table)} AS t WHERE ${whose} AND ${isToDo(rule.action, of.shapes(rule.table), parameters)}`,
    values: parameters.values,
    row: Held,
  });
  if (left === undefined) throw new TypeError('A count gave no row.');
  return left.count;
}
