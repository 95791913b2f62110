// Which folder may import which, and which package may be imported where: the layers of the program, checked by a machine.
// A new top folder needs a line here; until then its first import of ours fails.

/** The folders of ours, and what else of ours each may import. A folder may always import itself. */
const FOLDERS = {
  'workflows/contract': [],
  workflows: ['workflows/contract'],
  codec: ['workflows/contract'],
  'activities/ports': ['workflows/contract'],
  'activities/targets': ['workflows/contract', 'activities/ports'],
  'activities/adapters': ['workflows/contract', 'activities/ports'],
  activities: ['workflows/contract', 'activities/ports', 'activities/targets'],
  client: ['workflows/contract', 'codec'],
  // Export files and audit entries are read past Temporal, by the adapters that wrote them.
  cli: ['workflows/contract', 'client', 'activities/ports', 'activities/adapters', 'worker'],
  worker: [
    'workflows/contract',
    'codec',
    'activities/ports',
    'activities/targets',
    'activities/adapters',
    'activities',
  ],
  // It replaces far ends: what it shares with our code would hide a mistake from both.
  'sandbox/entra': [],
  // It is the example that a team copies: it stands alone.
  'sandbox/erasure-service': [],
  sandbox: ['workflows/contract', 'client', 'activities/adapters', 'sandbox/entra', 'sandbox/erasure-service'],
  bench: [
    'workflows',
    'workflows/contract',
    'codec',
    'client',
    'activities',
    'activities/ports',
    'activities/targets',
    'activities/adapters',
    'worker',
    'sandbox',
  ],
};

const inside = (folder) => `^${folder}/`;

/** Folders within this one that have a line of their own. */
const nestedIn = (folder) => Object.keys(FOLDERS).filter((other) => other.startsWith(`${folder}/`));

const importsOnly = ([folder, others]) => {
  const nested = nestedIn(folder).map(inside);
  const allowed = others.map((other) => {
    const except = nestedIn(other).filter((inner) => !others.includes(inner));
    return except.length === 0
      ? inside(other)
      : `^${other}/(?!(${except.map((e) => e.slice(other.length + 1)).join('|')})/)`;
  });
  const itself =
    nested.length === 0
      ? inside(folder)
      : `^${folder}/(?!(${nestedIn(folder)
          .map((n) => n.slice(folder.length + 1))
          .join('|')})/)`;
  return {
    name: `${folder.replaceAll('/', '-')}-imports-only`,
    comment: `${folder}/ imports ${others.length === 0 ? 'nothing of ours' : others.join(', ')} and itself.`,
    severity: 'error',
    from: { path: inside(folder), ...(nested.length > 0 && { pathNot: nested }) },
    to: { path: `^(?!node_modules/)[^/]+/`, pathNot: [itself, ...allowed], dependencyTypes: ['local'] },
  };
};

/** The packages that each folder may import. Whatever is not listed is an error, so a new package is a decision. */
const PACKAGES_OF = {
  'workflows/contract': ['@noble/curves', '@noble/hashes', '@scure/base', '@temporalio/common', '@temporalio/workflow'],
  workflows: ['@temporalio/common', '@temporalio/workflow'],
  codec: ['@temporalio/common'],
  'activities/ports': [],
  'activities/targets': [],
  'activities/adapters': [
    '@azure/core-rest-pipeline',
    '@azure/identity',
    '@azure/storage-blob',
    '@hpke/core',
    'http-proxy-agent',
    'https-proxy-agent',
    'canonicalize',
    'node-pg-migrate',
    'pg',
    'undici',
    'yaml',
    'zod',
  ],
  activities: ['@temporalio/activity', '@temporalio/common', 'canonicalize', 'zod'],
  client: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig'],
  cli: ['commander', 'ms', 'zod'],
  worker: ['@temporalio/activity', '@temporalio/common', '@temporalio/envconfig', '@temporalio/worker', 'pino', 'zod'],
  'sandbox/entra': [],
  'sandbox/erasure-service': [],
  sandbox: [
    '@electric-sql/pglite',
    '@electric-sql/pglite-socket',
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/proto',
    '@temporalio/testing',
    'azurite',
    'zod',
  ],
  bench: ['@temporalio/activity', '@temporalio/client', '@temporalio/worker', '@temporalio/workflow', 'pg', 'zod'],
};

/** Packages that only some files of those folders may import. */
const PACKAGES = {
  '@azure/storage-blob': ['^activities/adapters/storage/'],
  '@azure/identity': ['^activities/adapters/directory/azure-tokens\\.ts$'],
  '@azure/core-rest-pipeline': ['^activities/adapters/directory/azure-tokens\\.ts$'],
  '@hpke/core': ['^activities/adapters/identifier-vault/'],
  undici: ['^activities/adapters/outbound\\.ts$'],
  'http-proxy-agent': ['^activities/adapters/outbound\\.ts$'],
  'https-proxy-agent': ['^activities/adapters/outbound\\.ts$'],
  // Whoever needs rows goes by `Database`: what a session must not be used for is known in one place.
  pg: ['^activities/adapters/database/', '^bench/shop\\.ts$'],
  'node-pg-migrate': ['^activities/adapters/database/'],
  pino: ['^worker/logger\\.ts$'],
  commander: ['^cli/'],
  yaml: ['^activities/adapters/targets-file/'],
  canonicalize: ['^activities/'],
  '@noble/curves': ['^workflows/contract/'],
  '@noble/hashes': ['^workflows/contract/'],
  '@scure/base': ['^workflows/contract/'],
  '@temporalio/worker': ['^worker/', '^bench/'],
  '@temporalio/client': ['^client/', '^sandbox/temporal/', '^bench/'],
  '@temporalio/activity': ['^activities/', '^worker/', '^bench/'],
  '@temporalio/workflow': ['^workflows/', '^bench/'],
  '@temporalio/testing': ['^sandbox/temporal/'],
  '@temporalio/proto': ['^sandbox/temporal/'],
  azurite: ['^sandbox/azurite'],
  '@electric-sql/pglite': ['^sandbox/pglite-thread\\.cjs$'],
};

const escaped = (text) => text.replaceAll('.', '\\.');

const onlyIn = ([name, places]) => ({
  name: `${name.replace('@', '').replaceAll('/', '-')}-only-in-its-place`,
  comment: `${name} is imported in ${places.join(', ')} alone.`,
  severity: 'error',
  from: { pathNot: places },
  to: { path: `^node_modules/${escaped(name)}/` },
});

const packagesOf = ([folder, packages]) => ({
  name: `${folder.replaceAll('/', '-')}-packages`,
  comment: `Of packages ${folder}/ imports ${packages.length === 0 ? 'none' : packages.join(', ')}.`,
  severity: 'error',
  from: { path: inside(folder), pathNot: nestedIn(folder).map(inside) },
  to: {
    path: '^node_modules/',
    pathNot: ['^node_modules/@types/node/', ...packages.map((name) => `^node_modules/${escaped(name)}/`)],
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      comment:
        'Nobody imports it and it imports nothing: is it still needed? (Programs that are started as files are not.)',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '\\.cjs$'] },
      to: {},
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-dev-dependencies',
      comment: 'What is shipped runs without the development packages.',
      severity: 'error',
      from: { path: '^(workflows|activities|worker|client|cli|codec)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-test',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    ...Object.entries(FOLDERS).map(importsOnly),
    {
      name: 'adapters-do-not-know-one-another',
      comment: 'An adapter is replaced alone. What they share stands beside them; the database is shared, too.',
      severity: 'error',
      from: { path: '^activities/adapters/([^/]+)/' },
      to: {
        path: '^activities/adapters/[^/]+/',
        pathNot: ['^activities/adapters/$1/', '^activities/adapters/database/'],
      },
    },
    {
      name: 'adapters-are-named-in-the-composition-root',
      comment: 'The rest of the program knows ports.',
      severity: 'error',
      from: {
        path: '^(worker|cli)/',
        pathNot: ['^worker/(dependencies|targets)\\.ts$', '^cli/dependencies\\.ts$'],
      },
      to: { path: '^activities/adapters/' },
    },
    {
      name: 'workflows-have-no-node-built-ins',
      comment: 'The sandbox has none, and what they answer would differ in a replay.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-its-command-starts-the-worker',
      comment: 'The other commands work without the worker and its packages.',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/commands/worker\\.ts$' },
      to: { path: '^worker/' },
    },
    {
      name: 'its-command-starts-the-worker-and-no-more',
      severity: 'error',
      from: { path: '^cli/commands/worker\\.ts$' },
      to: { path: '^worker/', pathNot: '^worker/process\\.ts$' },
    },
    ...Object.entries(PACKAGES_OF).map(packagesOf),
    ...Object.entries(PACKAGES).map(onlyIn),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Otherwise imports of types alone are invisible.
    tsPreCompilationDeps: true,
    // Some packages have an entry for `import` alone.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^(dist|coverage|reports)/' },
  },
};
