import type { TableName } from '../../ports/target-catalog';

/** One part: in lower case as it is, or in double quotes with everything in it, as PostgreSQL prints names. */
const PART = String.raw`([a-z_][a-z0-9_$]*|"(?:[^"\0]|"")+")`;
const QUALIFIED = new RegExp(`^${PART}\\.${PART}$`);
/** PostgreSQL cuts what is longer, and would mean another table. */
const LONGEST_BYTES = 63;

/** `app.orders` or `"App"."Weird.Name"`; `undefined` when it is neither, or has no schema. */
export function parseTableName(text: string): TableName | undefined {
  const [, schema, table] = QUALIFIED.exec(text) ?? [];
  if (schema === undefined || table === undefined) return undefined;
  const name = { schema: unquoted(schema), table: unquoted(table) };
  return isIdentifier(name.schema) && isIdentifier(name.table) ? name : undefined;
}

/** Whether PostgreSQL can have a column, table or schema of this name, and does not cut it. */
export function isIdentifier(name: string): boolean {
  return name !== '' && !name.includes('\0') && Buffer.byteLength(name, 'utf8') <= LONGEST_BYTES;
}

function unquoted(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}
