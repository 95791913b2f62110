import {
  needsIdentifiers,
  type DirectoryDefinition,
  type HttpDefinition,
  type PostgresDefinition,
  type SubjectRule,
  type TableAction,
  type TableRule,
  type TargetCatalog,
  type TargetDefinition,
} from '../../ports/target-catalog';
import { digestOf, type Promised } from './definition-digest';
import type { FileContent, FileTarget } from './schema';
import type { TargetSecrets } from './secrets';

const MILLISECONDS_AN_HOUR = 60 * 60 * 1_000;
const DEADLINES_MS = {
  directory: 2 * MILLISECONDS_AN_HOUR,
  postgres: 24 * MILLISECONDS_AN_HOUR,
  http: 7 * 24 * MILLISECONDS_AN_HOUR,
} as const;

type Of<Kind extends FileTarget['kind']> = Extract<FileTarget, { readonly kind: Kind }>;
type FileTable = Of<'postgres'>['tables'][number];

/**
 * The definitions of a file without errors, the directory account last whether it is in the file or not.
 * @param secrets those of each target, in the order of the file
 */
export function toCatalog({ bases, targets }: FileContent, secrets: readonly TargetSecrets[]): TargetCatalog {
  const definitions = targets.map((target, index) => toDefinition(target, secrets[index]));
  const isLast = ({ kind }: TargetDefinition): boolean => kind === 'directory';
  const last = definitions.filter(isLast);
  return {
    targets: [...definitions.filter((one) => !isLast(one)), ...(last.length === 0 ? [toDirectory(LEFT_OUT)] : last)],
    bases,
  };
}

const LEFT_OUT: Of<'directory'> = { name: 'directory', kind: 'directory', after: [] };

/** Of a deployment without a targets file: the directory account alone. */
export const DIRECTORY_ALONE: TargetCatalog = { targets: [toDirectory(LEFT_OUT)], bases: {} };

/** Whether identifiers are kept sealed for the targets: a person's key that was looked up, or the key of a hash. */
export function needsSealingKey({ targets }: TargetCatalog): boolean {
  return targets.some((target) => target.kind === 'postgres' && needsIdentifiers(target));
}

function toDefinition(target: FileTarget, secrets: TargetSecrets | undefined): TargetDefinition {
  switch (target.kind) {
    case 'directory':
      return toDirectory(target);
    case 'postgres':
      return toPostgres(target, secrets);
    case 'http':
      return toHttp(target, secrets);
  }
}

function toDirectory(target: Of<'directory'>): DirectoryDefinition {
  return { kind: 'directory', ...common(target, { kind: 'directory' }) };
}

function toPostgres(target: Of<'postgres'>, secrets: TargetSecrets | undefined): PostgresDefinition {
  const tables = target.tables.map(toTableRule);
  const subject = target.subject === undefined ? {} : { subject: toSubject(target.subject) };
  const { url, verifyUrl } = secrets ?? {};
  if (url === undefined) throw new TypeError('without its URL a database is a finding');
  return {
    kind: 'postgres',
    ...common(target, { kind: 'postgres', tables, ...subject }),
    url,
    ...(verifyUrl === undefined ? {} : { verifyUrl }),
    ...subject,
    tables,
  };
}

function toHttp(target: Of<'http'>, secrets: TargetSecrets | undefined): HttpDefinition {
  return {
    kind: 'http',
    ...common(target, { kind: 'http' }),
    baseUrl: target.baseUrl,
    secrets: secrets?.secrets ?? [],
    readsLagMs: target.readsLag ?? 0,
  };
}

function common(
  { name, kind, after, deadline, rate }: FileTarget,
  promised: Promised,
): Pick<TargetDefinition, 'name' | 'after' | 'deadlineMs' | 'rate' | 'definitionDigest'> {
  return {
    name,
    after: [...new Set(after)],
    deadlineMs: deadline ?? DEADLINES_MS[kind],
    ...(rate === undefined ? {} : { rate }),
    definitionDigest: digestOf(promised),
  };
}

function toSubject({ table, where, key }: NonNullable<Of<'postgres'>['subject']>): SubjectRule {
  return { table: table.table, where, key };
}

function toTableRule(rule: FileTable): TableRule {
  const { table, via, where } = rule;
  return {
    ...table,
    ...(via === undefined ? {} : { via: { table: via.table.table, on: via.on } }),
    where,
    action: toAction(rule),
  };
}

function toAction(rule: FileTable): TableAction {
  switch (rule.action) {
    case 'delete':
      return { kind: 'delete' };
    case 'anonymise':
      return { kind: 'anonymise', set: rule.set };
    case 'retain':
      return {
        kind: 'retain',
        set: rule.set,
        basis: rule.basis,
        ...(rule.until === undefined ? {} : { until: rule.until }),
      };
  }
}
