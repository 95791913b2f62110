import type { Placeholder, PostgresDefinition, TableName, TableRule } from '../../ports/target-catalog';
import type { Reference } from './catalogue';
import { errorAt, inWords, listed, pathOf, warningAt, type RowsProblem } from './problems';
import { isSameTable } from './reach';

/** What foreign keys make of the deletions of the definition, and who refers to the person without being in it. */
export function problemsOfReferences(
  definition: PostgresDefinition,
  references: readonly Reference[],
): readonly RowsProblem[] {
  const { tables, subject } = definition;
  const ofTables = tables.flatMap((rule, index) => {
    const to = references.filter((reference) => isSameTable(reference.to, rule.table));
    return to.flatMap((reference) => problemOf(reference, { rule, index, definition, references }));
  });
  const isListed = subject === undefined || tables.some(({ table }) => isSameTable(table, subject.table));
  const toSubject = isListed ? [] : references.filter(({ to }) => isSameTable(to, subject.table));
  return [...ofTables, ...toSubject.flatMap((reference) => unlistedOf(reference, { path: 'subject', definition }))];
}

interface Deleting {
  readonly rule: TableRule;
  readonly index: number;
  readonly definition: PostgresDefinition;
  readonly references: readonly Reference[];
}

function problemOf(reference: Reference, deleting: Deleting): readonly RowsProblem[] {
  const { rule, index, definition } = deleting;
  const path = pathOf(index);
  if (rule.action.kind !== 'delete') return unlistedOf(reference, { path, definition });
  if (isSameTable(reference.from, rule.table)) return selfReference(reference, path);
  return reference.onDelete === 'cascade' ? cascade(reference, deleting) : held(reference, deleting);
}

/** Rows that stay are referred to by a table that nobody thought of: it may hold data of the person, too. */
function unlistedOf(
  { from, to, name }: Reference,
  { path, definition }: { readonly path: string; readonly definition: PostgresDefinition },
): readonly RowsProblem[] {
  if (rulesOf(definition, from).length > 0) return [];
  return [
    warningAt(
      path,
      `${inWords(from)} refers to ${inWords(to)} (${name}) and is not in the file: does it hold data of the person?`,
    ),
  ];
}

function selfReference({ from, name, onDelete }: Reference, path: string): readonly RowsProblem[] {
  const table = inWords(from);
  if (onDelete === 'cascade') {
    return [
      errorAt(path, `Deleting from ${table} deletes rows of it that refer to them (${name}), other people’s as well.`),
    ];
  }
  return onDelete === 'refuse'
    ? [
        warningAt(
          path,
          `Rows of ${table} that others of it refer to (${name}) cannot be deleted while those are there.`,
        ),
      ]
    : [];
}

function cascade(reference: Reference, deleting: Deleting): readonly RowsProblem[] {
  const { rule, index, definition } = deleting;
  const { from, name } = reference;
  const path = pathOf(index);
  const here = `Deleting from ${inWords(rule.table)} deletes rows of ${inWords(from)} (${name}, ON DELETE CASCADE)`;
  const rules = rulesOf(definition, from);
  if (rules.length === 0) {
    return [errorAt(path, `${here}, which is not in the file.`), ...reachedBy(reference, deleting)];
  }
  const staying = rules.find(({ action }) => action.kind !== 'delete');
  if (staying !== undefined) {
    return [
      errorAt(path, `${here}, which are to stay: ${staying.action.kind === 'retain' ? 'retained' : 'anonymised'}.`),
    ];
  }
  const earlier = definition.tables.slice(0, index).filter((other) => rules.includes(other));
  if (earlier.length === 0) return [errorAt(path, `${here} before their turn: put ${inWords(from)} before it.`)];
  return earlier.some((other) => coversAll(other, reference, deleting))
    ? []
    : [warningAt(path, `${here}, and the file may not find all of them by ${listed(reference.columns)}.`)];
}

/** What cascades go on to, from a table that is not in the file: those of the file would be found by nobody. */
function reachedBy(
  first: Reference,
  deleting: Pick<Deleting, 'index' | 'references'>,
  seen: readonly TableName[] = [],
): readonly RowsProblem[] {
  const next = deleting.references.filter(
    ({ to, from, onDelete }) =>
      onDelete === 'cascade' && isSameTable(to, first.from) && !seen.some((table) => isSameTable(table, from)),
  );
  return next.flatMap((reference) => [
    errorAt(
      pathOf(deleting.index),
      `By way of ${inWords(first.from)} it deletes rows of ${inWords(reference.from)} (${reference.name}, ON DELETE CASCADE) as well.`,
    ),
    ...reachedBy(reference, deleting, [...seen, first.from, reference.from]),
  ]);
}

function held(reference: Reference, deleting: Deleting): readonly RowsProblem[] {
  const { rule, index, definition } = deleting;
  const { from, name, onDelete, columns } = reference;
  const path = pathOf(index);
  const rules = rulesOf(definition, from);
  const does = onDelete === 'refuse' ? 'forbids to delete' : 'is changed by deleting';
  const here = `The foreign key ${name} of ${inWords(from)} ${does} from ${inWords(rule.table)}`;
  if (rules.length === 0) return [errorAt(path, `${here}, and ${inWords(from)} is not in the file.`)];
  const releasing = rules.filter((other) => releases(other, columns));
  if (releasing.length === 0) {
    return [errorAt(path, `${here}: its rows stay. Set ${listed(columns)} to null, or delete them.`)];
  }
  const earlier = definition.tables.slice(0, index).filter((other) => releasing.includes(other));
  if (earlier.length === 0) return [errorAt(path, `${here}: put ${inWords(from)} before it.`)];
  return earlier.some((other) => coversAll(other, reference, deleting))
    ? []
    : [warningAt(path, `${here}, and the file may not find all rows that refer to it by ${listed(columns)}.`)];
}

/** Whether the rows do not refer any more once the rule is done. */
function releases({ action }: TableRule, columns: readonly string[]): boolean {
  return action.kind === 'delete' || columns.some((column) => action.set[column]?.kind === 'null');
}

/** Whether every row that refers to one of the rule's is the other rule's: found by that very reference, or by the same value. */
function coversAll(other: TableRule, { columns, referred }: Reference, { rule, definition }: Deleting): boolean {
  const pairs = columns.map((column, index) => [column, referred[index] ?? ''] as const);
  const { via } = other;
  if (via !== undefined) {
    if (!isSameTable(via.table, rule.table) || rule.via !== undefined) return false;
    const isJoined = pairs.some(([column, there]) => via.on[column] === there);
    return isJoined && isSubset(other.where, rule.where);
  }
  if (rule.via !== undefined) return false;
  const byValue = new Map<string, Placeholder | undefined>(
    pairs.map(([column, there]) => [column, heldIn(there, rule, definition)]),
  );
  return Object.entries(other.where).every(([column, placeholder]) => byValue.get(column) === placeholder);
}

/** What the person's rows hold in the column, as a placeholder. */
function heldIn(column: string, rule: TableRule, { subject }: PostgresDefinition): Placeholder | undefined {
  const isKey = subject !== undefined && isSameTable(subject.table, rule.table) && subject.key === column;
  return rule.where[column] ?? (isKey ? 'key' : undefined);
}

/** Whether the one condition asks for no more than the other. */
function isSubset(one: TableRule['where'], other: TableRule['where']): boolean {
  return Object.entries(one).every(([column, placeholder]) => other[column] === placeholder);
}

function rulesOf({ tables }: PostgresDefinition, table: TableName): readonly TableRule[] {
  return tables.filter((rule) => isSameTable(rule.table, table));
}
