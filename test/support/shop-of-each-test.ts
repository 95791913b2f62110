import { afterEach, beforeEach } from '@jest/globals';
import type { OpenSubjectRows } from '../../activities/adapters/subject-rows/postgres';
import type { Batch, SubjectRows } from '../../activities/ports/subject-rows';
import type { PostgresDefinition, TableRule } from '../../activities/ports/target-catalog';
import { adasIds, aDefinition, aHashKey, anEffect } from './a-shop';

/** A shop of its own, with all its people. */
export interface ShopUnderTest {
  /** For what the owner of the data does. */
  readonly ownerUrl: string;
  /** Of a role that may do what the definition needs, and no more. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Makes the rows of a definition, in batches of so many. */
export type MakeRows = (definition: PostgresDefinition, batchRows: number) => OpenSubjectRows;

/** Erases to the end, and gives what each batch answered. */
export async function eraseAll(
  rows: SubjectRows,
  { effect = anEffect(), ids = adasIds, hashKey = aHashKey() }: Partial<Parameters<SubjectRows['eraseBatch']>[0]> = {},
): Promise<readonly Batch[]> {
  const { signal } = new AbortController();
  const batches: Batch[] = [];
  while (batches.at(-1)?.isLast !== true) {
    batches.push(await rows.eraseBatch({ effect, ids, hashKey }, signal));
    if (batches.length > 1_000) throw new Error('The erasure does not end.');
  }
  return batches;
}

/** The shop of a test. */
export interface ShopOfEachTest {
  readonly ownerUrl: string;
  readonly url: string;
  /** Opens the rows of the usual tables, or of these; they are closed after the test. */
  readonly open: (tables?: readonly TableRule[], batchRows?: number, url?: string) => OpenSubjectRows;
  readonly openAs: (definition: PostgresDefinition, batchRows?: number) => OpenSubjectRows;
  /** Closes all that was opened so far. */
  readonly closeOpened: () => Promise<void>;
}

/** A shop for the tests of the `describe` in which it is called: a new one for each of them. */
export function shopOfEachTest(make: () => Promise<ShopUnderTest>, makeRows: MakeRows): ShopOfEachTest {
  let made: ShopUnderTest | undefined;
  const opened: OpenSubjectRows[] = [];
  const shop = (): ShopUnderTest => {
    if (made === undefined) throw new TypeError('The shop is not open yet.');
    return made;
  };
  const closeOpened = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
  };
  const openAs: ShopOfEachTest['openAs'] = (definition, batchRows = 3) => {
    const rows = makeRows(definition, batchRows);
    opened.push(rows);
    return rows;
  };
  beforeEach(async () => {
    made = await make();
  });
  afterEach(async () => {
    await closeOpened();
    await shop().close();
  });
  return {
    get ownerUrl() {
      return shop().ownerUrl;
    },
    get url() {
      return shop().url;
    },
    open: (tables, batchRows, url = shop().url) => openAs(aDefinition(url, tables), batchRows),
    openAs,
    closeOpened,
  };
}
