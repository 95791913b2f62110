import { afterEach, describe, it, expect } from '@jest/globals';
import { SearchAttributeType } from '@temporalio/common';
import { AccountClosureClient, connectTemporal } from '../../client';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { ACCOUNT_CLOSURE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { FIRST_START_MS } from '../support/closure-server';
import { until } from '../support/until';

describe('search attributes of a namespace', () => {
  let server: TemporalServer | undefined;

  afterEach(async () => {
    await server?.close();
  });

  it(
    'are noticed when they are of another type, by setup and by the list that would overlook an alarm',
    async () => {
      const { attention } = SEARCH_ATTRIBUTES;
      server = await startTemporal({ searchAttributes: [{ name: attention.name, type: SearchAttributeType.KEYWORD }] });
      const env = { TEMPORAL_ADDRESS: server.address };
      const closures = AccountClosureClient.connect({ env });
      const temporal = connectTemporal({ env });
      await temporal.workflow.start(ACCOUNT_CLOSURE, {
        workflowId: 'closure-parked',
        taskQueue: 'nobody-polls-here',
        typedSearchAttributes: [
          { key: { name: attention.name, type: SearchAttributeType.KEYWORD }, value: 'export:ExportFailed' },
        ],
      });

      const registration = await closures.registerSearchAttributes();
      const alarms = () =>
        closures
          .list({ needsAttention: true })
          .next()
          .catch((error: unknown) => error);

      expect(registration.mistyped).toEqual([{ name: attention.name, type: 'Keyword', wanted: 'KeywordList' }]);
      expect(registration.added).toHaveLength(Object.keys(SEARCH_ATTRIBUTES).length - 1);
      await expect(until(alarms, (found) => found instanceof Error)).resolves.toMatchObject({
        code: 'not-set-up',
        message: expect.stringContaining(attention.name),
      });
      await closures.close();
      await temporal.connection.close();
    },
    FIRST_START_MS,
  );

  it(
    'are named when the server has no free slot for them',
    async () => {
      const taken = ['One', 'Two'].map((name) => ({ name, type: SearchAttributeType.DATETIME }));
      server = await startTemporal({ searchAttributes: taken });
      const closures = AccountClosureClient.connect({ env: { TEMPORAL_ADDRESS: server.address } });

      const { added, withoutRoom } = await closures.registerSearchAttributes();

      expect(added).toContain(SEARCH_ATTRIBUTES.attention.name);
      expect(withoutRoom).toEqual(
        [SEARCH_ATTRIBUTES.confirmBy, SEARCH_ATTRIBUTES.dueBy].map(({ name }) => ({
          name,
          wanted: 'Datetime',
          reason: expect.stringContaining('Datetime'),
        })),
      );
      await closures.close();
    },
    FIRST_START_MS,
  );
});
