import { SAMPLE_PEOPLE } from './entra/people';
import { toStderr } from './progress';
import { leaveOutside, startStack, untilAskedToEnd, writeEnvironmentFile, type Stack } from './stack';

/** `npm start`: the embedded stack with the real worker, until Ctrl-C. */
async function start(): Promise<void> {
  const asked = untilAskedToEnd();
  leaveOutside(process.env);
  const stack = await startStack({
    onProgress: toStderr,
    environment: process.env,
    defaults: { CLOSURE_VERIFY_AFTER: '10s' },
    usualPorts: true,
  });
  try {
    say(...(await welcome(stack)));
    const workerEnded = stack.worker.exited.then(() => 'worker' as const);
    if ((await Promise.race([asked, workerEnded])) === 'worker') {
      throw new Error(`The worker has ended:\n${stack.worker.lastOutput()}`);
    }
    say('', 'Stopping …');
  } finally {
    await stack.close();
  }
}

async function welcome({ temporal, environment }: Stack): Promise<string[]> {
  const [person] = SAMPLE_PEOPLE;
  const request =
    person === undefined ? '' : `  npx closure request --tenant ${person.tenantId} --object ${person.objectId}`;
  return [
    '',
    `Web UI     ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows`,
    `Temporal   ${temporal.address}`,
    `Worker     http://127.0.0.1:${environment['HEALTH_PORT'] ?? ''}/ready`,
    '',
    'Sample accounts (--tenant, --object):',
    ...SAMPLE_PEOPLE.map(({ tenantId, objectId, about }) => `  ${tenantId}  ${objectId}  ${about}`),
    '',
    'Try, in another terminal in this folder:',
    `  set -a; . ${await relativeEnvironmentFile(environment)}; set +a`,
    request,
    '  npx closure status <closure id>',
    '  npx closure confirm <closure id> --token <token> --plan <plan digest>',
    '  npx closure wait <closure id>',
    '  npx closure audit show <closure id>',
    '',
    'Ctrl-C ends everything.',
  ];
}

async function relativeEnvironmentFile(environment: Stack['environment']): Promise<string> {
  await writeEnvironmentFile(environment);
  return './.closure/env';
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
