import type { Basis } from '../../workflows/contract/bases';
import type { TargetName } from '../../workflows/contract/targets';
import type { Sensitive } from './sensitive';

/** What every target of the file has. */
interface Definition {
  readonly name: TargetName;
  /** Targets that are erased before this one begins. The directory account comes after all, without being told. */
  readonly after: readonly TargetName[];
  /** How long one erasure may take before somebody has to look, in milliseconds. */
  readonly deadlineMs: number;
  /** At most so many Activities a second begin on it; absent: as many as there are. */
  readonly rate?: { readonly perSecond: number };
  /**
   * SHA-256 (lower-case hex) of what is erased in whose name: subject, tables, conditions, actions, bases. Not of connections,
   * secrets, deadlines and rates: these may change under a promise.
   */
  readonly definitionDigest: string;
}

/** The account itself; always the last. */
export interface DirectoryDefinition extends Definition {
  readonly kind: 'directory';
}

/** What a condition compares a column with: an id of the account, or the person's key in this database. */
export type Placeholder = 'tenantId' | 'objectId' | 'key';

/** Columns and what they have to equal, all of them. Contains `objectId` or `key`: nobody else's rows can be meant. */
export type Where = Readonly<Record<string, Placeholder>>;

/** A table as the database names it. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** Where the person's own key is found by the account's two ids. */
export interface SubjectRule {
  readonly table: TableName;
  readonly where: Where;
  /** The column that holds the key. */
  readonly key: string;
}

/** What a column is set to: NULL, a fixed value, or the keyed hash of what it holds, which keeps joins. */
export type ColumnValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'fixed'; readonly value: string | number | boolean }
  | { readonly kind: 'hash' };

/** Until when something is kept, as a rule: so long after the instant in the column. Calendar years, months or days. */
export interface RetentionRule {
  readonly column: string;
  readonly plus: { readonly count: number; readonly unit: 'years' | 'months' | 'days' };
}

/** What happens to the person's rows of a table. */
export type TableAction =
  | { readonly kind: 'delete' }
  | { readonly kind: 'anonymise'; readonly set: Readonly<Record<string, ColumnValue>> }
  | {
      readonly kind: 'retain';
      /** Columns that are anonymised all the same. */
      readonly set: Readonly<Record<string, ColumnValue>>;
      readonly basis: Basis;
      /** Absent: without an end that a rule could say. */
      readonly until?: RetentionRule;
    };

/** One table of a database, in the order of erasure. */
export interface TableRule {
  /** As the file writes it, and as plans and statuses name it: `app.orders`. */
  readonly what: string;
  readonly table: TableName;
  /** The rows that belong to rows of another table: columns here and the columns there that they equal. `where` is of that table. */
  readonly via?: { readonly table: TableName; readonly on: Readonly<Record<string, string>> };
  readonly where: Where;
  readonly action: TableAction;
}

/** A PostgreSQL database. */
export interface PostgresDefinition extends Definition {
  readonly kind: 'postgres';
  readonly url: Sensitive<string>;
  /** Where it is read again; absent: on another connection to the same server. */
  readonly verifyUrl?: Sensitive<string>;
  /** Absent: every condition is on the account's ids. */
  readonly subject?: SubjectRule;
  readonly tables: readonly TableRule[];
}

/**
 * Whether something has to be known of the person besides the account's ids: their key in this database, or the key of a hash. It
 * is kept sealed from the plan on.
 */
export function needsIdentifiers({ subject, tables }: Pick<PostgresDefinition, 'subject' | 'tables'>): boolean {
  return subject !== undefined || tables.some(hashes);
}

function hashes({ action }: TableRule): boolean {
  return action.kind !== 'delete' && Object.values(action.set).some(({ kind }) => kind === 'hash');
}

/** A service that speaks our contract. */
export interface HttpDefinition extends Definition {
  readonly kind: 'http';
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** `whsec_…` of Standard Webhooks: one, or two while they are rotated; the first one is the newer. */
  readonly secrets: readonly Sensitive<string>[];
  /** How long its lookups may lag behind an erasure, in milliseconds. */
  readonly readsLagMs: number;
}

/** A target, as the worker's file describes it. */
export type TargetDefinition = DirectoryDefinition | PostgresDefinition | HttpDefinition;

/** All targets of a deployment. No definition ever comes from a history. */
export interface TargetCatalog {
  /** In the order of the file, the directory account last. No two have the same name, and none comes after itself. */
  readonly targets: readonly TargetDefinition[];
  /** The codes that this deployment adds to `BASES`, with their texts. */
  readonly bases: Readonly<Record<Basis, string>>;
}
