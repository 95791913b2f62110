import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { PostgresDefinition, TableRule } from '../../ports/target-catalog';
import type { TargetKind } from '../../../workflows/contract/targets';

/** What a digest is of: what is erased in whose name. */
export type Promised =
  | { readonly kind: Exclude<TargetKind, 'postgres'> }
  | ({ readonly kind: 'postgres' } & Pick<PostgresDefinition, 'subject' | 'tables'>);

/**
 * SHA-256, lower-case hex, of the canonical JSON (RFC 8785). The order of the tables counts: it is that of the erasure. How a name
 * is written does not, nor the order of columns.
 */
export function digestOf(promised: Promised): string {
  const told = promised.kind === 'postgres' ? { ...promised, tables: promised.tables.map(withoutSpelling) } : promised;
  const canonical = canonicalize(told);
  if (canonical === undefined) throw new TypeError('a definition always has a canonical form');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

function withoutSpelling({ what, ...rule }: TableRule): Omit<TableRule, 'what'> {
  return rule;
}
