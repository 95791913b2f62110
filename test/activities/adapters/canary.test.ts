import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import { createSignInRealm } from '../../../activities/adapters/realm/sign-in-service';
import { PortFault } from '../../../activities/ports/faults';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';
import { guid } from '../../support/guid';

/** In the address, the SAS URL, the token, every header and every body. */
const CANARY = 'kanarienvogel';
const ADDRESS = new Sensitive(`${CANARY}.ada@${CANARY}.example`);
const SAS_URL = new Sensitive(`https://storage.example/${CANARY}?sig=${CANARY}`);
const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-00000000ca4a'),
  objectId: guid('0b000000-0000-4000-8000-00000000ca4a'),
};
/** The ids stay inside as well, and so does the place where the server is. */
const SECRETS = [CANARY, 'ca4a', '127.0.0.1', 'Bearer'];

const { signal } = new AbortController();

const error = { code: CANARY, message: CANARY, innerError: { code: CANARY, message: CANARY } };
const headers = {
  location: `/${CANARY}`,
  'x-canary': CANARY,
  'retry-after': CANARY,
  'request-id': CANARY,
  'x-ms-request-id': CANARY,
};
const STATUSES = [200, 202, 302, 400, 401, 403, 404, 408, 409, 423, 429, 500, 503];
const REPLIES: readonly Reply[] = [
  ...STATUSES.map((status) => ({ status, headers, body: { error, id: CANARY, value: [CANARY], Login: CANARY } })),
  ...STATUSES.map((status) => ({ status, headers, body: `<html>${CANARY}</html>` })),
  { body: { value: [], '@odata.nextLink': `https://${CANARY}.example/` } },
  { body: { id: ACCOUNT.objectId, userPrincipalName: CANARY, accountEnabled: CANARY } },
  { body: { NameSpaceType: CANARY, Login: ADDRESS.reveal(), IsViral: CANARY } },
  { body: { issuer: CANARY, token_endpoint: CANARY } },
  'reset',
  'hang',
];

describe('No fault of the adapters', () => {
  let reply: Reply;
  let server: AnsweringServer;

  beforeEach(async () => {
    server = await startAnsweringServer(() => reply);
  });
  afterEach(async () => {
    await server.close();
  });

  /** Every call of both ports. */
  function calls(token = CANARY): readonly (() => Promise<unknown>)[] {
    const tokens = createStaticTokens(new Sensitive(token));
    const directory = createGraphDirectory({ graphUrl: `${server.url}/v1.0`, tokens, timeoutMs: 50 });
    const realm = createSignInRealm({ loginUrl: server.url, timeoutMs: 50 });
    return [
      () => directory.findAccount(ACCOUNT, signal),
      () => directory.findDeletedAccount(ACCOUNT, signal),
      () => directory.hasDirectoryRole(ACCOUNT, signal),
      () => directory.listSoleOwnerships(ACCOUNT, signal),
      () => directory.countHoldings(ACCOUNT, signal),
      () => directory.requestExport(ACCOUNT, SAS_URL, signal),
      () => directory.exportProgress(ACCOUNT, CANARY, signal),
      () => directory.blockSignIn(ACCOUNT, signal),
      () => directory.revokeSessions(ACCOUNT, signal),
      () => directory.softDelete(ACCOUNT, signal),
      () => directory.purge(ACCOUNT, signal),
      () => realm.kindOf(ADDRESS, signal),
      () => realm.tenantOf(new Sensitive(`${CANARY}.example`), signal),
    ];
  }

  /** The faults of those calls that fail. */
  async function faultsOf(all: readonly (() => Promise<unknown>)[]): Promise<readonly unknown[]> {
    const outcomes: unknown[] = [];
    for (const call of all)
      outcomes.push(
        await call().then(
          () => undefined,
          (fault: unknown) => fault,
        ),
      );
    return outcomes.filter((fault) => fault !== undefined);
  }

  function expectNoSecrets(faults: readonly unknown[]): void {
    for (const fault of faults) {
      expect(fault).toBeInstanceOf(PortFault);
      const printed = [String(fault), inspect(fault, { depth: 10, showHidden: true }), JSON.stringify(fault)].join(
        '\n',
      );
      expect(SECRETS.filter((secret) => printed.includes(secret))).toEqual([]);
    }
  }

  it.each(REPLIES.map((each, index) => [index, each] as const))(
    'quotes anything of the question or of the answer, whatever comes back (%d)',
    async (_index, each) => {
      reply = each;

      const faults = await faultsOf(calls());

      expect(faults.length).toBeGreaterThan(0);
      expectNoSecrets(faults);
    },
  );

  it('quotes a token that cannot be sent, or the place that nobody listens at', async () => {
    reply = {};
    expectNoSecrets(await faultsOf(calls(`${CANARY}\r\nx-smuggled: ${CANARY}`)));

    await server.close();
    const faults = await faultsOf(calls());
    expect(faults).toHaveLength(calls().length);
    expectNoSecrets(faults);
  });
});
