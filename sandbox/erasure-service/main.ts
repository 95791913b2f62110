import { CUSTOMERS } from './people';
import { startErasureService } from './service';

function settingsFromEnvironment(): {
  readonly secrets: readonly string[];
  readonly port: number;
  readonly host: string;
} {
  const secrets = (process.env['ERASURE_SERVICE_SECRET'] ?? '').split(' ').filter((secret) => secret !== '');
  if (secrets.length === 0 || !secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret))) {
    throw new RangeError(
      'ERASURE_SERVICE_SECRET has to be a secret, or two with a space between them while they are rotated.\n' +
        'Make one: export ERASURE_SERVICE_SECRET="whsec_$(openssl rand -base64 32)"',
    );
  }
  const port = Number(process.env['ERASURE_SERVICE_PORT'] ?? '0');
  if (!Number.isInteger(port) || port < 0) throw new RangeError('ERASURE_SERVICE_PORT has to be a port.');
  return { secrets, port, host: process.env['ERASURE_SERVICE_HOST'] ?? '127.0.0.1' };
}

function hints(baseUrl: string): string {
  const people = CUSTOMERS.map(({ objectId, records }) => `  ${objectId}  ${String(records.length)} records`);
  return `The erasure service is ready at ${baseUrl}

It holds something of these people (object ids):
${people.join('\n')}

In a targets file:
  - { name: crm, kind: http, baseUrl: "${baseUrl}", secret: { env: ERASURE_SERVICE_SECRET } }

Try:
  closure targets probe crm
`;
}

async function main(): Promise<void> {
  const service = await startErasureService({ ...settingsFromEnvironment(), people: CUSTOMERS });
  process.stdout.write(hints(service.baseUrl));
  const stop = (): void => {
    void service.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
