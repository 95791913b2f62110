import { createFakeAuditLog } from '../../support/fake-audit-log';
import { createFakeTurns } from '../../support/fake-turns';
import { createFakeVault } from '../../support/fake-vault';
import { describeAuditLog } from './audit-log.contract';
import { describeIdentifierVault } from './identifier-vault.contract';
import { describeTurns } from './turns.contract';

// The fakes that other tests lean on keep the same promises as the adapters.
describeAuditLog('in memory', () =>
  Promise.resolve({ auditLog: createFakeAuditLog(), close: () => Promise.resolve() }),
);
describeTurns('in memory', () => Promise.resolve({ turns: createFakeTurns(), close: () => Promise.resolve() }));
describeIdentifierVault('in memory', () =>
  Promise.resolve({ vault: createFakeVault(), close: () => Promise.resolve() }),
);
