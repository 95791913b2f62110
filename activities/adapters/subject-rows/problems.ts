import type { TableName } from '../../ports/target-catalog';

/** What is wrong, or may be, with a definition and its database. */
export interface RowsProblem {
  readonly severity: 'error' | 'warning';
  /** The part of the definition: `url`, `verifyUrl`, `subject`, `tables[2]`, counted from 0, or `tables[2].where["user_id"]`. */
  readonly path: string;
  /** In one sentence, what is wrong and what would help. No personal data, and no text of the server. */
  readonly message: string;
}

/** The place of a table in the definition. */
export function pathOf(index: number): string {
  return `tables[${String(index)}]`;
}

/** The place of a column that the part of the definition names: in its `where`, or in `via.on`. */
export function columnPath(path: string, part: 'where' | 'via.on', column: string): string {
  return `${path}.${part}[${JSON.stringify(column)}]`;
}

/** Something that has to be repaired. */
export function errorAt(path: string, message: string): RowsProblem {
  return { severity: 'error', path, message };
}

/** Something that somebody should look at. */
export function warningAt(path: string, message: string): RowsProblem {
  return { severity: 'warning', path, message };
}

/** A table in a message. */
export function inWords({ schema, table }: TableName): string {
  return `${schema}.${table}`;
}

/** Texts in a message, one after the other. */
export function listed(texts: readonly string[]): string {
  return texts.join(', ');
}
