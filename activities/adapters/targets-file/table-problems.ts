import { didYouMean } from './did-you-mean';
import { errorAt, type Finding, type Path } from './finding';
import type { Outline, TableOutline } from './outline';
import { parseTableName } from './table-name';

/** Of a longer list the rest is not told. */
const MOST_NAMED = 20;

/** What is wrong between the tables of a database: twice, out of order, a key that nobody looks up, a basis that nobody knows. */
export function tableProblems({ targets, bases }: Outline): readonly Finding[] {
  return targets.flatMap(({ tables, subject }, index) =>
    tables.flatMap((table, place) => {
      const path: Path = ['targets', index, 'tables', place];
      const before = tables.slice(0, place);
      return [
        ...tableTwice(table, before, path),
        ...viaTooLate(table, before, path),
        ...(subject === undefined ? keysWithoutSubject(table, path) : []),
        ...unknownBasis(table, bases, path),
      ];
    }),
  );
}

function tableTwice({ table }: TableOutline, before: readonly TableOutline[], path: Path): readonly Finding[] {
  if (!before.some((other) => isSame(other.table, table))) return [];
  return [errorAt([...path, 'table'], 'has a rule already: one table has one rule')];
}

/** Rows are found by way of another table as long as that one has them, with the columns that are compared. */
function viaTooLate({ via, where }: TableOutline, before: readonly TableOutline[], path: Path): readonly Finding[] {
  const changed = before.find((other) => isSame(other.table, via?.table) && loses(other, Object.keys(where)));
  if (changed === undefined) return [];
  return [
    errorAt(
      [...path, 'via', 'table'],
      'is erased before, and these rows could not be found any more: put this rule before that of the other table',
    ),
  ];
}

function loses({ action, set }: TableOutline, columns: readonly string[]): boolean {
  return action === 'delete' || columns.some((column) => Object.hasOwn(set, column));
}

function keysWithoutSubject({ where }: TableOutline, path: Path): readonly Finding[] {
  return Object.entries(where).flatMap(([column, placeholder]) =>
    placeholder === 'key'
      ? [
          errorAt(
            [...path, 'where', column],
            'is compared with key, but nothing says where the key is found: add subject to the target',
          ),
        ]
      : [],
  );
}

function unknownBasis({ basis }: TableOutline, bases: readonly string[], path: Path): readonly Finding[] {
  if (basis === undefined || bases.includes(basis)) return [];
  const hint = didYouMean(basis, bases) || `: add it to bases, or take one of ${bases.slice(0, MOST_NAMED).join(', ')}`;
  return [errorAt([...path, 'basis'], `is a reason that nobody knows${hint}`)];
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [one, other].map((text) => (text === undefined ? undefined : parseTableName(text)));
  return a !== undefined && a.schema === b?.schema && a.table === b.table;
}
