import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packageRoot } from '../../sandbox/machine';
import { ConfigError, ENVIRONMENT_VARIABLES, loadConfig } from '../../worker/config';

const KEY = 'a2FuYXJpZW52b2dlbA==';
const REQUIRED = {
  AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=https;AccountName=exports;AccountKey=${KEY}`,
  DATABASE_URL: 'postgres://closure:secret@database.example/closure',
};
const DAY_MS = 86_400_000;

function problemsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings that are left out', () => {
  it('are as documented', () => {
    expect(loadConfig(REQUIRED)).toEqual({
      taskQueue: 'account-closure',
      graphUrl: 'https://graph.microsoft.com/v1.0',
      loginUrl: 'https://login.microsoftonline.com',
      credentials: { kind: 'azure-identity' },
      storageConnectionString: REQUIRED.AZURE_STORAGE_CONNECTION_STRING,
      databaseUrl: REQUIRED.DATABASE_URL,
      policy: {
        confirmationWindowMs: 14 * DAY_MS,
        coolingOffMs: 0,
        exportDeadlineMs: 35 * DAY_MS,
        exportRetentionMs: 30 * DAY_MS,
        readsLagMs: 600_000,
        verifyAfterMs: 900_000,
      },
      targetsFile: undefined,
      healthPort: undefined,
      metricsPort: undefined,
      logLevel: 'info',
    });
  });

  it('are the same when they are empty', () => {
    const names = [
      'CLOSURE_TASK_QUEUE',
      'GRAPH_URL',
      'LOGIN_URL',
      'GRAPH_TOKEN',
      'GRAPH_TOKEN_FILE',
      'CLOSURE_CONFIRMATION_WINDOW',
      'CLOSURE_COOLING_OFF',
      'CLOSURE_EXPORT_DEADLINE',
      'CLOSURE_EXPORT_RETENTION',
      'CLOSURE_READS_LAG',
      'CLOSURE_VERIFY_AFTER',
      'CLOSURE_TARGETS',
      'CLOSURE_SEALING_KEY',
      'CLOSURE_SEALING_KEY_FILE',
      'HEALTH_PORT',
      'METRICS_PORT',
      'LOG_LEVEL',
    ];
    const empty = Object.fromEntries(names.map((name) => [name, '']));

    expect(loadConfig({ ...empty, ...REQUIRED })).toEqual(loadConfig(REQUIRED));
  });

  it('are named, a line each, when there is no default for them', () => {
    expect(problemsOf({ DATABASE_URL: '' })).toEqual([
      'AZURE_STORAGE_CONNECTION_STRING is missing: the connection string, with the account key, of the storage account for exports',
      'DATABASE_URL is missing: the URL of the PostgreSQL database for the audit log',
    ]);
  });
});

describe('settings that are given', () => {
  it.each([
    ['CLOSURE_TASK_QUEUE', 'closures', { taskQueue: 'closures' }],
    ['GRAPH_URL', 'https://graph.example/v1.0//', { graphUrl: 'https://graph.example/v1.0' }],
    ['LOGIN_URL', 'https://login.example/', { loginUrl: 'https://login.example' }],
    ['GRAPH_TOKEN', 'a-token', { credentials: { kind: 'static-token', token: 'a-token' } }],
    ['GRAPH_TOKEN_FILE', '/run/token', { credentials: { kind: 'token-file', path: '/run/token' } }],
    ['DATABASE_URL', 'postgresql://database.example/closure', { databaseUrl: 'postgresql://database.example/closure' }],
    [
      'AZURE_STORAGE_CONNECTION_STRING',
      'UseDevelopmentStorage=true',
      { storageConnectionString: 'UseDevelopmentStorage=true' },
    ],
    ['HEALTH_PORT', '8080', { healthPort: 8080 }],
    ['HEALTH_PORT', 'off', { healthPort: undefined }],
    ['METRICS_PORT', '65535', { metricsPort: 65_535 }],
    ['METRICS_PORT', 'off', { metricsPort: undefined }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ])('%s may be %p', (name, value, expected) => {
    expect(loadConfig({ ...REQUIRED, [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['CLOSURE_CONFIRMATION_WINDOW', '1s', { confirmationWindowMs: 1_000 }],
    ['CLOSURE_COOLING_OFF', '2 days', { coolingOffMs: 2 * DAY_MS }],
    ['CLOSURE_EXPORT_DEADLINE', '40 days', { exportDeadlineMs: 40 * DAY_MS }],
    ['CLOSURE_EXPORT_RETENTION', '0', { exportRetentionMs: 0 }],
    ['CLOSURE_READS_LAG', '0', { readsLagMs: 0 }],
    ['CLOSURE_READS_LAG', '30 minutes', { readsLagMs: 1_800_000 }],
    ['CLOSURE_VERIFY_AFTER', '0', { verifyAfterMs: 0 }],
  ])('%s may be %p', (name, value, expected) => {
    expect(loadConfig({ ...REQUIRED, [name]: value }).policy).toMatchObject(expected);
  });
});

const NEITHER_URL = ['nowhere', 'graph.example', 'ftp://graph.example', 'http://graph.example', 'javascript:0'];
const NO_DURATION = ['kanarienvogel', '14', '-1s', '5 bananas'];
const NO_PORT = ['0', '65536', '-1', '80.5', '0x50', 'on', '123456'];
const WRONG: readonly (readonly [name: string, values: readonly string[], hint: RegExp])[] = [
  ['GRAPH_URL', NEITHER_URL, /takes an https URL/],
  ['LOGIN_URL', NEITHER_URL, /takes an https URL/],
  ['DATABASE_URL', ['kanarienvogel', 'mysql://database.example'], /takes a postgres:\/\/ URL/],
  [
    'AZURE_STORAGE_CONNECTION_STRING',
    [
      'kanarienvogel',
      'AccountName=exports',
      'AccountKey=a2V5',
      'AccountName=;AccountKey=',
      'BlobEndpoint=x;SharedAccessSignature=y',
    ],
    /AccountName and AccountKey/,
  ],
  ['CLOSURE_SEALING_KEY', ['kanarienvogel', 'A'.repeat(44)], /takes what `closure sealing-key` prints/],
  ['CLOSURE_CONFIRMATION_WINDOW', [...NO_DURATION, '0', '999ms'], /takes a duration .+, at least 1s$/],
  ['CLOSURE_EXPORT_DEADLINE', [...NO_DURATION, '0'], /takes a duration .+, at least 1s$/],
  ['CLOSURE_COOLING_OFF', NO_DURATION, /takes a duration .+, or 0$/],
  ['CLOSURE_EXPORT_RETENTION', NO_DURATION, /takes a duration .+, or 0$/],
  ['CLOSURE_READS_LAG', [...NO_DURATION, '31 minutes'], /takes a duration .+, or 0, at most 30 minutes$/],
  ['CLOSURE_VERIFY_AFTER', NO_DURATION, /takes a duration .+, or 0$/],
  ['HEALTH_PORT', NO_PORT, /takes a port from 1 to 65535/],
  ['METRICS_PORT', NO_PORT, /takes a port from 1 to 65535/],
  ['LOG_LEVEL', ['loud', 'INFO', 'true'], /takes one of trace, debug, info/],
];

describe('a setting that is wrong', () => {
  it.each(WRONG.flatMap(([name, values, hint]) => values.map((value) => [name, value, hint] as const)))(
    'is one line that names %s and what it takes, when it is %p',
    (name, value, hint) => {
      const problems = problemsOf({ ...REQUIRED, [name]: value });

      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} `));
      expect(problems[0]).toMatch(hint);
    },
  );

  it('is named beside all others that are', () => {
    const problems = problemsOf({ ...REQUIRED, LOG_LEVEL: 'loud', HEALTH_PORT: '0', GRAPH_URL: 'nowhere' });

    expect(problems.map((line) => line.split(' ', 1)[0])).toEqual(['GRAPH_URL', 'HEALTH_PORT', 'LOG_LEVEL']);
  });

  it('is never repeated: it may be a secret in the wrong place', () => {
    const canary = 'kanarienvogel';
    const names = WRONG.map(([name]) => name);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (wrong) => {
        const environment = { ...REQUIRED, ...Object.fromEntries(wrong.map((name) => [name, canary])) };

        const problems = problemsOf(environment);

        expect(problems).toHaveLength(wrong.length);
        expect(problems.join('\n')).not.toContain(canary);
      }),
    );
  });
});

describe('the address of a far end', () => {
  it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://127.9.9.9', 'http://[::1]:3000'])(
    'may be plain http on this machine: %s',
    (url) => {
      expect(loadConfig({ ...REQUIRED, GRAPH_URL: url }).graphUrl).toBe(url);
    },
  );

  it.each([
    'http://127.0.0.1.attacker.example',
    'http://localhost.attacker.example',
    'http://10.0.0.1',
    'http://0.0.0.0',
  ])('must be https anywhere else: %s', (url) => {
    expect(problemsOf({ ...REQUIRED, GRAPH_URL: url })).toHaveLength(1);
  });
});

describe('a token and a token file together', () => {
  it('are refused by the names of both and the value of none', () => {
    const problems = problemsOf({ ...REQUIRED, GRAPH_TOKEN: 'kanarienvogel', GRAPH_TOKEN_FILE: '/run/kanarienvogel' });

    expect(problems).toEqual(['GRAPH_TOKEN and GRAPH_TOKEN_FILE are both set: keep one of them']);
  });
});

describe('the error about settings', () => {
  it.each([
    ['HEALTH_PORT 8080 cannot be listened on: is it taken?', ['HEALTH_PORT']],
    ['GRAPH_TOKEN and GRAPH_TOKEN_FILE are both set: keep one of them', ['GRAPH_TOKEN', 'GRAPH_TOKEN_FILE']],
    ['TEMPORAL_* cannot be read: The API key is missing', ['TEMPORAL_*']],
    ['DATABASE_URL takes a postgres:// URL', ['DATABASE_URL']],
  ])('names the variables of %p', (problem, variables) => {
    expect(new ConfigError([problem]).variables).toEqual(variables);
  });

  it('has all its lines as its message', () => {
    const error = new ConfigError(['A is missing', 'B is wrong']);

    expect(error).toMatchObject({ name: 'ConfigError', message: 'A is missing\nB is wrong' });
  });
});

describe('.env.example', () => {
  it('lists every variable that the worker reads', () => {
    const example = readFileSync(path.join(packageRoot(), '.env.example'), 'utf8');
    const listed = [...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);

    expect(listed).toEqual(expect.arrayContaining([...ENVIRONMENT_VARIABLES]));
  });
});
