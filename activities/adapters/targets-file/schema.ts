import { z } from 'zod';
import { BASES, isBasisCode, PROVIDER_BASES } from '../../../workflows/contract/bases';
import { isTargetName, RESERVED_NAMES, TARGET_KINDS } from '../../../workflows/contract/targets';
import { BaseUrl, Column, columns, duration, PerSecond, Plus, Reference, Secrets, SetValue, Table } from './leaves';
import { exactly, takes, takesOneOf, toldBy } from './words';

/** The file has at most so many targets. */
export const MOST_TARGETS = 100;
/** A database has at most so many tables in the file. */
export const MOST_TABLES = 500;
const LONGEST_TEXT = 500;
const AT_LEAST_MS = 1_000;

/** The actions of a table. */
export const ACTIONS = ['delete', 'anonymise', 'retain'] as const;

const NAME_HINT = 'a name of up to 40 lower-case letters, digits and hyphens, a letter first';

/** The name of a target. */
export const Name = z.string(takes(NAME_HINT)).superRefine((name, context) => {
  if (isTargetName(name)) return;
  const isReserved = RESERVED_NAMES.some((reserved) => reserved === name);
  const message = isReserved
    ? `is reserved for a part of every closure: ${RESERVED_NAMES.join(', ')} are`
    : `takes ${NAME_HINT}`;
  context.addIssue({ code: 'custom', message });
});

const OtherName = Name.refine((name) => name !== 'directory', 'is for the directory account alone: take another name');

const After = z
  .array(z.string(takes('the name of a target')), takes('a list of names of targets, such as [shop]'))
  .default([])
  .describe('Targets that are erased before this one begins.');

const common = {
  after: After,
  deadline: duration(AT_LEAST_MS).optional().describe('How long one erasure may take before somebody has to look.'),
  rate: exactly({ perSecond: PerSecond }).optional().describe('At most so many Activities a second begin on it.'),
};

const WHERE_HINT = 'columns and what they equal, such as { user_id: key }';

/** Conditions name the person: else rows of others would be meant. */
function where<Names extends readonly ['objectId', ...string[]]>(
  placeholders: readonly ['tenantId', ...Names],
): z.ZodType<Record<string, 'tenantId' | Names[number]>> {
  const Placeholder = z.enum(placeholders, takesOneOf(placeholders, ', nothing else'));
  return columns(Placeholder, WHERE_HINT).superRefine((condition, context) => {
    const named: readonly string[] = Object.values(condition);
    if (named.some((placeholder) => placeholder !== 'tenantId')) return;
    const alone = named.length === 0 ? 'names nobody' : 'names a tenant alone';
    const needed = placeholders.filter((placeholder) => placeholder !== 'tenantId').join(' or ');
    context.addIssue({
      code: 'custom',
      message: `${alone} and could reach other people: compare a column with ${needed}`,
    });
  });
}

const Via = exactly({
  table: Table,
  on: columns(Column, 'columns here and the columns there that they equal, such as { order_id: id }').refine(
    (on) => Object.keys(on).length > 0,
    'is empty: say which column here equals which column there',
  ),
}).describe('The rows that belong to rows of another table; `where` is of that table.');

const rule = { table: Table, via: Via.optional(), where: where(['tenantId', 'objectId', 'key']) };

const SET_HINT = 'columns and what they are set to, such as { email: { hash: true }, phone: null }';
const NewValues = columns(SetValue, SET_HINT);
const SomeNewValues = NewValues.refine((set) => Object.keys(set).length > 0, `is empty: it takes ${SET_HINT}`);

const OF_RETAINED = { basis: 'belongs to the action retain', until: 'belongs to the action retain' };
const OF_KEPT = {
  set: 'belongs to the actions anonymise and retain: what is deleted has no columns any more',
  ...OF_RETAINED,
};

const TableRule = z.discriminatedUnion(
  'action',
  [
    exactly({ ...rule, action: z.literal('delete') }, OF_KEPT),
    exactly({ ...rule, action: z.literal('anonymise'), set: SomeNewValues }, OF_RETAINED),
    exactly({
      ...rule,
      action: z.literal('retain'),
      set: NewValues.default({}),
      basis: z.string(takes('the reason why it stays, as a code')),
      until: exactly({ column: Column, plus: Plus }).optional(),
    }),
  ],
  toldBy('action', ACTIONS),
);

const Subject = exactly({ table: Table, where: where(['tenantId', 'objectId']), key: Column }).describe(
  "Where the person's own key is found by the account's two ids.",
);

const Directory = exactly({
  name: z.literal('directory', 'of this kind is directory, and no other'),
  kind: z.literal('directory'),
  ...common,
});

const Postgres = exactly({
  name: OtherName,
  kind: z.literal('postgres'),
  ...common,
  url: Reference.describe('Where the URL of the database is; never the URL itself.'),
  verifyUrl: Reference.optional().describe('Where the URL of a replica is: it is read again there.'),
  subject: Subject.optional(),
  tables: z
    .array(TableRule, takes('a list of tables'))
    .min(1, 'is empty: list the tables that hold data of the person')
    .max(MOST_TABLES, `has more than ${String(MOST_TABLES)} entries`)
    .describe('In the order of erasure.'),
});

const Http = exactly({
  name: OtherName,
  kind: z.literal('http'),
  ...common,
  baseUrl: BaseUrl,
  secret: Secrets.describe('Where the whsec_ secret is that requests are signed with.'),
  readsLag: duration(0).optional().describe('How long its lookups may lag behind an erasure.'),
});

const Bases = z
  .record(
    z.string(),
    z.string(takes('a sentence for people')).min(1, 'takes a sentence for people').max(LONGEST_TEXT, 'is too long'),
    takes('codes, and a sentence for each'),
  )
  .superRefine((bases, context) => {
    for (const code of Object.keys(bases)) {
      const problem = problemOfBasis(code);
      if (problem !== undefined)
        context.addIssue({ code: 'custom', path: [code], message: problem, params: { isOfKey: true } });
    }
  });

function problemOfBasis(code: string): string | undefined {
  if (Object.hasOwn(BASES, code) || Object.hasOwn(PROVIDER_BASES, code))
    return 'is a basis of this program: take another code';
  return isBasisCode(code)
    ? undefined
    : 'is no code: it takes up to 64 lower-case letters, digits and hyphens, a letter first';
}

/** The targets file, as its author writes it. */
export const FileSchema = exactly({
  version: z.literal(1, takes('1: this program reads version 1')),
  bases: Bases.default({}).describe('Reasons to retain that this deployment adds, and a sentence for each.'),
  targets: z
    .array(
      z.discriminatedUnion('kind', [Directory, Postgres, Http], toldBy('kind', TARGET_KINDS)),
      takes('a list of targets'),
    )
    .max(MOST_TARGETS, `has more than ${String(MOST_TARGETS)} entries`),
});

/** The file as it was read. */
export type FileContent = z.output<typeof FileSchema>;

/** A target of the file as it was read. */
export type FileTarget = FileContent['targets'][number];
