import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readTargetsFile } from '../../activities/adapters/targets-file/read-targets-file';
import { packageRoot } from '../../sandbox/machine';
import { loadConfig } from '../../worker/config';

const Service = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({ target: z.string() }).optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  networks: z.record(z.string(), z.object({ aliases: z.array(z.string()) })).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
});

const { services } = z
  .looseObject({ services: z.record(z.string(), Service) })
  .parse(parse(fileOf('docker-compose.yml'), { merge: true }));
const all = Object.entries(services);

function fileOf(name: string): string {
  return readFileSync(path.join(packageRoot(), name), 'utf8');
}

/** What is taken from a registry; what is built here has no version. */
function fetchedImages(): readonly string[] {
  const built = all.flatMap(([, { build, image }]) => (build === undefined || image === undefined ? [] : [image]));
  const used = all.flatMap(([, { image }]) => (image === undefined || built.includes(image) ? [] : [image]));
  const bases = [...fileOf('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
  return [...used, ...bases];
}

describe('the Compose file', () => {
  it('has each image built by one service alone', () => {
    const tags = all.flatMap(([name, { build, image }]) => (build === undefined ? [] : [image ?? name]));

    expect(tags).toEqual([...new Set(tags)]);
    expect(tags).toEqual(expect.arrayContaining(['account-closure', 'azurite', 'crm', 'entra']));
  });

  it('takes images of one release each, down to the patch', () => {
    const images = fetchedImages();
    // PostgreSQL has no third number.
    const isPinned = (image: string): boolean => /^postgres:\d+\.\d+-\w+$/.test(image) || /:\d+\.\d+\.\d+/.test(image);

    expect(images.length).toBeGreaterThanOrEqual(6);
    expect(images.filter((image) => !isPinned(image))).toEqual([]);
  });

  it('builds on the Node that holds the network', () => {
    expect(fileOf('Dockerfile')).toContain(`FROM ${services['loopback']?.image ?? ''} AS base`);
  });

  it.each(all)('gives %s nothing that it does not need', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  it('lets every far end be restarted without taking the network of the worker', () => {
    const sharing = all.flatMap(([name, { network_mode: mode }]) => (mode === undefined ? [] : [`${name} ${mode}`]));

    expect(sharing).toEqual(['entra service:loopback', 'crm service:loopback', 'worker service:loopback']);
    expect(services['loopback']?.command).toEqual(['sleep', 'infinity']);
  });

  it('publishes ports on this machine alone', () => {
    const published = all.flatMap(([, { ports }]) => ports);

    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('has links to exports that lead to the storage from the host and from the other services', () => {
    const [, endpoint = ''] = /BlobEndpoint=(\S+)/.exec(fileOf('docker-compose.yml')) ?? [];
    const { hostname, port } = new URL(endpoint);

    // Names below localhost lead a browser to its own machine (RFC 6761); the first word is the account.
    expect(hostname).toMatch(/^closures\..*\.localhost$/);
    expect(services['azurite']?.networks?.['default']?.aliases).toContain(hostname);
    expect(services['azurite']?.ports).toContain(`127.0.0.1:${port}:${port}`);
  });

  it('has settings that the worker accepts', () => {
    expect(() => loadConfig(services['worker']?.environment ?? {})).not.toThrow();
  });

  it.each(['worker', 'closure'])('gives %s the targets file and all that it refers to', async (name) => {
    const { environment = {}, volumes = [] } = services[name] ?? {};
    const read = await readTargetsFile(path.join(packageRoot(), 'sandbox', 'systems', 'targets.yaml'), environment);

    expect(read).toMatchObject({ kind: 'complete', problems: [] });
    expect(volumes).toContain('./sandbox/systems:/targets:ro');
    expect(environment['CLOSURE_TARGETS']).toBe('/targets/targets.yaml');
  });

  it.each(['shop', 'newsletter'])('makes the %s with the role that its URL names', (database) => {
    const prefix = database.toUpperCase();
    const { username, password, pathname } = new URL(settingOf('worker', `${prefix}_DATABASE_URL`));
    const init = fileOf('docker/postgres-init.sh');

    expect(pathname).toBe(`/${database}`);
    expect(init).toContain(`CREATE DATABASE ${database};`);
    expect(init).toContain(`GRANT CONNECT ON DATABASE ${database} TO ${username};`);
    expect(fileOf(`sandbox/systems/${database}.sql`)).toContain(`CREATE ROLE ${username} LOGIN;`);
    expect(settingOf('postgresql', `${prefix}_CLOSURE_PASSWORD`)).toBe(password);
  });

  it('has the service where the targets file says, with the same secret', () => {
    const port = /ERASURE_SERVICE_PORT=(\d+)/.exec(fileOf('Dockerfile'))?.at(1);

    expect(fileOf('sandbox/systems/targets.yaml')).toContain(`baseUrl: http://127.0.0.1:${String(port)}/closure`);
    expect(settingOf('crm', 'ERASURE_SERVICE_SECRET')).toBe(settingOf('worker', 'CRM_SECRET'));
  });
});

function settingOf(service: string, name: string): string {
  return services[service]?.environment[name] ?? '';
}
