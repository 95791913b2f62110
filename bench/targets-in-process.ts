import type { ActivityDependencies } from '../activities';
import { DIRECTORY_ALONE } from '../activities/adapters/targets-file/definitions';
import type { ErasureService } from '../activities/ports/erasure-service';
import { Sensitive } from '../activities/ports/sensitive';
import type { SubjectRows } from '../activities/ports/subject-rows';
import type { TargetDefinition } from '../activities/ports/target-catalog';

const DAY_MS = 86_400_000;
const WHAT = 'app.visits';

/** What is erased, and how it is reached. */
export type TargetsInProcess = Pick<ActivityDependencies, 'catalog' | 'rowsOf' | 'serviceOf'>;

const common = { after: [], deadlineMs: DAY_MS, definitionDigest: '0'.repeat(64) } as const;
const SHOP: TargetDefinition = {
  ...common,
  name: 'shop',
  kind: 'postgres',
  url: new Sensitive('postgres://nowhere.example/shop'),
  tables: [
    {
      what: WHAT,
      table: { schema: 'app', table: 'visits' },
      where: { object_id: 'objectId' },
      action: { kind: 'delete' },
    },
  ],
};
const CRM: TargetDefinition = {
  ...common,
  name: 'crm',
  kind: 'http',
  after: ['shop'],
  baseUrl: 'https://crm.example',
  secrets: [],
  readsLagMs: 0,
};

/** What a worker without a targets file erases: the directory account. */
export const WITHOUT_FILE: TargetsInProcess = {
  catalog: DIRECTORY_ALONE,
  rowsOf: nothingDescribed,
  serviceOf: nothingDescribed,
};

/** A database, a service that comes after it, and the directory account: the first two answer at once, too. */
export const THREE_TARGETS: TargetsInProcess = {
  catalog: { ...DIRECTORY_ALONE, targets: [SHOP, CRM, ...DIRECTORY_ALONE.targets] },
  rowsOf: createRows,
  serviceOf: createService,
};

function nothingDescribed(): never {
  throw new TypeError('The directory account is the only target of this worker.');
}

/** Everybody has three rows until they are erased; one batch takes them all. */
function createRows(): SubjectRows {
  return {
    findKey: () => Promise.resolve({ kind: 'none' }),
    count: () => Promise.resolve([{ what: WHAT, count: 3 }]),
    progress: () => Promise.resolve(undefined),
    eraseBatch: () => Promise.resolve({ soFar: [{ what: WHAT, count: 3 }], isLast: true }),
    remaining: () => Promise.resolve({ kind: 'read', path: 'same-server', remaining: 0, retained: [] }),
  };
}

/** Everybody is one contact until they are erased. */
function createService(): ErasureService {
  return {
    lookUp: ({ purpose }) => Promise.resolve(purpose === 'plan' ? [{ what: 'contact', count: 1 }] : []),
    requestErasure: () => Promise.resolve({ kind: 'done', items: [{ what: 'contact', outcome: 'erased', count: 1 }] }),
    progress: () => Promise.resolve({ kind: 'forgotten' }),
  };
}
