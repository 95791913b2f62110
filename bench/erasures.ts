import { randomUUID } from 'node:crypto';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../activities/adapters/subject-rows/postgres';
import type { Confirmed, Erasure, ErasureTarget } from '../activities/ports/erasure-target';
import { createPostgresTarget } from '../activities/targets/postgres';
import type { OnProgress } from '../sandbox/progress';
import { median } from './compare';
import { createPeople, type Person } from './people';
import { openShop, type Shop } from './shop';

const REQUESTS = 60;
const AT_A_TIME = 4;
/** A thousand a person, in three tables. */
const ROWS_A_TABLE = 333;
const TABLES = 3;
const MANY_ROWS = 100_000;
const ROUNDS = 3;
const LOOK_EVERY_MS = 5;

/** What erasures in a real database take. */
export interface ErasureFigures {
  /** Plan, erase and verify, of a person with a thousand rows in three tables; one after the other. */
  readonly erasuresPerMinute: number;
  /** The same, four at a time. */
  readonly erasuresPerMinuteAtOnce: number;
  /** Of a person with a hundred thousand rows in one table: median of the rounds. */
  readonly rowsPerSecond: number;
  readonly plainRowsPerSecond: number;
  /** Median of the rounds' ratios. */
  readonly rowsRatio: number;
  /** The most that memory grew by while a hundred thousand rows were erased, in megabytes. */
  readonly heapGrowthMb: number;
  readonly rssGrowthMb: number;
}

/** Measures the real code of a `postgres` target, as the Activities of a closure call it, on the server of the URL. */
export async function measureErasures(url: string, onProgress: OnProgress): Promise<ErasureFigures> {
  const shop = await openShop(url);
  const rows = createPostgresSubjectRows(shop.definition);
  const target = createPostgresTarget(shop.definition, rows);
  try {
    onProgress('Erasing people with a thousand rows …');
    await perMinute({ shop, target }, 1);
    const alone = await perMinute({ shop, target }, 1);
    const atOnce = await perMinute({ shop, target }, AT_A_TIME);
    onProgress('Erasing people with a hundred thousand rows …');
    return { erasuresPerMinute: alone, erasuresPerMinuteAtOnce: atOnce, ...(await measureRows(shop, target)) };
  } finally {
    await close(rows, shop);
  }
}

async function close(rows: OpenSubjectRows, shop: Shop): Promise<void> {
  await rows.close();
  await shop.close();
}

async function perMinute(
  { shop, target }: { readonly shop: Shop; readonly target: ErasureTarget },
  atATime: number,
): Promise<number> {
  const people = createPeople(REQUESTS);
  await shop.fill(
    people.map(({ request }) => request.account.objectId),
    { each: ROWS_A_TABLE, tables: TABLES },
  );
  const queue = people.values();
  const lane = async (): Promise<void> => {
    for (const person of queue) await eraseAll(target, person, ROWS_A_TABLE * TABLES);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atATime }, lane));
  return (people.length / (performance.now() - startedAt)) * 60_000;
}

/** @throws Error when not all rows were erased, or any is found again */
async function eraseAll(target: ErasureTarget, person: Person, rows: number): Promise<void> {
  const erasure = erasureOf(person);
  await target.plan({ ...erasure, keep: nothingKept });
  const erased = await target.erase(erasure);
  if (erased.kind !== 'erased' || erased.count !== rows) throw new Error('An erasure did not erase what there was.');
  const verified = await target.verify(erasure);
  if (verified.kind !== 'absent') throw new Error('Something was found after an erasure.');
}

async function measureRows(
  shop: Shop,
  target: ErasureTarget,
): Promise<Omit<ErasureFigures, 'erasuresPerMinute' | 'erasuresPerMinuteAtOnce'>> {
  const ours: number[] = [];
  const plain: number[] = [];
  const growth: Growth[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [person, other] = createPeople(2);
    if (person === undefined || other === undefined) throw new TypeError('Two were made.');
    const plainId = other.request.account.objectId;
    await shop.fill([person.request.account.objectId, plainId], { each: MANY_ROWS, tables: 1 });
    const erase = async (): Promise<void> => {
      const { ms, ...grown } = await watched(() => target.erase(erasureOf(person)));
      ours.push(ms);
      growth.push(grown);
    };
    const deletePlainly = async (): Promise<void> => {
      plain.push(await shop.deletePlainly(plainId));
    };
    for (const act of round % 2 === 1 ? [erase, deletePlainly] : [deletePlainly, erase]) await act();
  }
  return {
    rowsPerSecond: MANY_ROWS / (median(ours) / 1000),
    plainRowsPerSecond: MANY_ROWS / (median(plain) / 1000),
    rowsRatio: median(ours.map((ms, round) => (plain[round] ?? Number.NaN) / ms)),
    heapGrowthMb: Math.max(...growth.map(({ heapGrowthMb }) => heapGrowthMb)),
    rssGrowthMb: Math.max(...growth.map(({ rssGrowthMb }) => rssGrowthMb)),
  };
}

type Growth = Pick<ErasureFigures, 'heapGrowthMb' | 'rssGrowthMb'>;

async function watched(work: () => Promise<unknown>): Promise<Growth & { readonly ms: number }> {
  const before = process.memoryUsage();
  const most = { heapUsed: before.heapUsed, rss: before.rss };
  const look = (): void => {
    const { heapUsed, rss } = process.memoryUsage();
    most.heapUsed = Math.max(most.heapUsed, heapUsed);
    most.rss = Math.max(most.rss, rss);
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  clearInterval(looking);
  look();
  return {
    ms,
    heapGrowthMb: (most.heapUsed - before.heapUsed) / 2 ** 20,
    rssGrowthMb: (most.rss - before.rss) / 2 ** 20,
  };
}

/** What an Activity gives a target, without the audit log: that is not what is measured here. */
function erasureOf({ request: { account }, closureId }: Person): Erasure {
  const nothing = (): undefined => undefined;
  const no = (): boolean => false;
  return {
    closureId,
    account,
    signal: AbortSignal.timeout(60_000),
    firstRunId: randomUUID(),
    target: 'shop',
    round: 1,
    retains: [],
    own: {
      hasSent: no,
      hasDone: no,
      hasDoneNow: no,
      hasDoneSinceFence: no,
      isFenced: false,
      isCounted: false,
    },
    kept: nothingKept,
    isCancelled: no,
    noLongerOurs: () => Promise.resolve(undefined),
    change: (_part, call) => call(),
    keptWork: undefined,
    keepWork: nothing,
    notice: nothing,
    believe: nothing,
    lookAgain: () => {
      throw new TypeError('Rows in a database do not lag.');
    },
  };
}

const nothingKept: Confirmed['kept'] = () => Promise.reject(new TypeError('Nothing of the shop has to be kept.'));
