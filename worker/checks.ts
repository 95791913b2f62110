import type { NativeConnection } from '@temporalio/worker';
import { checkDatabase } from '../activities/adapters/audit-log/setup';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { Dependencies } from './dependencies';
import type { FarEndCheck } from './far-ends';

const CHECK_TIMEOUT_MS = 5_000;

/** What the worker needs besides Temporal itself. */
export function storageAndDatabaseChecks({ pool, storage }: Pick<Dependencies, 'pool' | 'storage'>): FarEndCheck[] {
  return [
    {
      farEnd: 'database',
      check: () => checkDatabase(pool),
      advice: 'Is DATABASE_URL right and the server up? If it is: run `closure setup` once.',
    },
    {
      farEnd: 'storage',
      check: async () => {
        await storage.listContainers('export-', AbortSignal.timeout(CHECK_TIMEOUT_MS));
      },
      advice: 'Is AZURE_STORAGE_CONNECTION_STRING right and the account reachable?',
    },
  ];
}

/** Whether Temporal answers and knows the search attributes: a Workflow Task that sets an unknown one fails. */
export function temporalCheck(connection: () => Promise<NativeConnection>, namespace: string): FarEndCheck {
  return {
    farEnd: 'temporal',
    check: async () => {
      const { operatorService } = await connection();
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      const missing = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !(name in customAttributes));
      if (missing.length > 0) throw new Error('search attributes are not registered');
    },
    advice:
      'Is TEMPORAL_ADDRESS right and the server up? If it is: run `closure setup` once, it registers the search attributes.',
  };
}
