import { z } from 'zod';
import { BASES, isBasisCode } from '../../../workflows/contract/bases';
import { TARGET_KINDS } from '../../../workflows/contract/targets';
import { Reference, Secrets } from './leaves';
import { MOST_TABLES, MOST_TARGETS } from './schema';

/**
 * What can be read of a file however wrong the rest of it is: what hangs together across keys is checked on this, so that all
 * problems are found at once.
 */
export interface Outline {
  /** The codes that the file adds, and those of the program. */
  readonly bases: readonly string[];
  readonly targets: readonly TargetOutline[];
}

/** A target, as far as it can be read. */
export type TargetOutline = z.output<typeof Target>;

/** A table of a target, as far as it can be read. */
export type TableOutline = z.output<typeof Table>;

const Text = z.string().optional().catch(undefined);
const Map = z.record(z.string(), z.unknown()).catch({});

const Table = z.object({
  table: Text,
  via: z.object({ table: Text }).optional().catch(undefined),
  where: Map,
  action: Text,
  set: Map,
  basis: Text,
});
const NO_TABLE = { where: {}, set: {} };

const Target = z.object({
  name: Text,
  kind: z.enum(TARGET_KINDS).optional().catch(undefined),
  after: z.array(Text).catch([]),
  subject: z.unknown().optional(),
  tables: z.array(Table.catch(NO_TABLE)).catch([]),
  url: Reference.optional().catch(undefined),
  verifyUrl: Reference.optional().catch(undefined),
  secret: Secrets.optional().catch(undefined),
});
const NO_TARGET = { name: undefined, kind: undefined, after: [], subject: undefined, tables: [] };

const File = z
  .object({ bases: Map, targets: z.array(Target.catch(NO_TARGET)).catch([]) })
  .catch({ bases: {}, targets: [] });

/** As far as the value can be read; of a list that is too long only the beginning. */
export function toOutline(value: unknown): Outline {
  const { bases, targets } = File.parse(value);
  const bounded = targets.slice(0, MOST_TARGETS).map((one) => ({ ...one, tables: one.tables.slice(0, MOST_TABLES) }));
  return { bases: [...new Set([...Object.keys(BASES), ...Object.keys(bases).filter(isBasisCode)])], targets: bounded };
}
