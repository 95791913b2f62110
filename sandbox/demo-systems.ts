import { ADA, SAMPLE_PEOPLE } from './entra/people';
import type { SampleSystems } from './sample-systems';
import { readRows, type SystemRow } from './system-rows';

/** Something that was looked for, and whether it is so. */
export interface Check {
  readonly fact: string;
  readonly holds: boolean;
}

/** What the sample systems held at one moment. */
export interface Holdings {
  readonly rows: readonly SystemRow[];
  /** Of the service, person by person. */
  readonly records: ReadonlyMap<string, string>;
}

/** Reads the sample systems themselves, past everything that erases. */
export async function readHoldings(systems: SampleSystems): Promise<Holdings> {
  const records = SAMPLE_PEOPLE.map(
    (person) => [person.objectId, JSON.stringify(systems.crm.recordsOf(person))] as const,
  );
  return { rows: await readRows(systems, ADA), records: new Map(records) };
}

const GONE = ['app.users', 'app.addresses', 'app.order_lines', 'mail.subscribers', 'mail.deliveries'];

/** Whether what had to go is gone, what has to stay is there without Ada, and nothing of anybody else has changed. */
export function systemChecks(before: Holdings, now: Holdings): readonly Check[] {
  const hers = before.rows.filter(({ isTheirs }) => isTheirs);
  const left = now.rows.filter(({ table, key }) => hers.some((row) => row.table === table && row.key === key));
  const leftOf = (table: string): readonly SystemRow[] => left.filter((row) => row.table === table);
  const heldOf = (table: string): readonly SystemRow[] => hers.filter((row) => row.table === table);
  const gone = GONE.map((table) => ({ had: heldOf(table).length, has: leftOf(table).length }));
  const [orders, invoices] = [leftOf('app.orders'), leftOf('app.invoices')];
  const rowsGone = gone.reduce((sum, { had }) => sum + had, 0);
  const others = othersOf(before, hers);
  return [
    {
      fact: `shop and newsletter: what had to go is gone (${String(rowsGone)} rows in ${String(GONE.length)} tables)`,
      holds: gone.every(({ had, has }) => had > 0 && has === 0),
    },
    {
      fact: `shop: the orders are there, and nobody's (${String(orders.length)})`,
      holds: isAnonymised({ was: heldOf('app.orders'), is: orders, removed: ['user_id', 'ship_name'] }),
    },
    {
      fact: `shop: the invoices are retained, and name nobody (${String(invoices.length)})`,
      holds: isAnonymised({ was: heldOf('app.invoices'), is: invoices, removed: ['bill_to'] }),
    },
    {
      fact: 'crm: the service holds nothing of her',
      holds: before.records.get(ADA.objectId) !== '[]' && now.records.get(ADA.objectId) === '[]',
    },
    {
      fact: `the others' data is the same to the byte (${String(others.length)} things)`,
      holds: others.length > 0 && others.join('\n') === othersOf(now, hers).join('\n'),
    },
  ];
}

interface Anonymised {
  readonly was: readonly SystemRow[];
  readonly is: readonly SystemRow[];
  /** Columns that have to be NULL; the email has to be a hash, the same in all rows; the rest has to be as it was. */
  readonly removed: readonly string[];
}

function isAnonymised({ was, is, removed }: Anonymised): boolean {
  const rest = ({ columns }: SystemRow): string =>
    JSON.stringify(Object.entries(columns).filter(([name]) => ![...removed, 'email'].includes(name)));
  const emails = new Set(is.map(({ columns }) => String(columns['email'])));
  return (
    was.length > 0 &&
    was.map(rest).join() === is.map(rest).join() &&
    is.every(({ columns }) => removed.every((name) => columns[name] === null)) &&
    emails.size === 1 &&
    ![...emails].some((email) => email.includes('@'))
  );
}

/** All that is of anybody else, as text. */
function othersOf({ rows, records }: Holdings, hers: readonly SystemRow[]): readonly string[] {
  return [
    ...rows
      .filter((row) => !hers.some(({ table, key }) => table === row.table && key === row.key))
      .map(({ text }) => text),
    ...[...records].filter(([objectId]) => objectId !== ADA.objectId).map(([, held]) => held),
  ];
}
