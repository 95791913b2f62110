// Makes `dist-client/`, the client as a package of its own: what `client/` reaches, the packages that this needs in the
// versions of the whole program, and the documents that its messages point to.
const { execFileSync } = require('node:child_process');
const { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { builtinModules } = require('node:module');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const OUT = path.join(ROOT, 'dist-client');
const program = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

rmSync(OUT, { recursive: true, force: true });
const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', path.join(__dirname, 'tsconfig.json')], { stdio: 'inherit' });

const sources = readdirSync(path.join(OUT, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(js|d\.ts)$/.test(file))
  .map((file) => readFileSync(path.join(OUT, 'lib', file), 'utf8'));

writeFileSync(path.join(OUT, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
copyFileSync(path.join(ROOT, 'LICENSE'), path.join(OUT, 'LICENSE'));
copyFileSync(path.join(ROOT, 'docs/client.md'), path.join(OUT, 'README.md'));
mkdirSync(path.join(OUT, 'docs'));
for (const name of mentioned(/\bdocs\/([\w-]+\.md)/g)) {
  copyFileSync(path.join(ROOT, 'docs', name), path.join(OUT, 'docs', name));
}

function manifest() {
  return {
    name: 'account-closure-client',
    version: program.version,
    description: 'Requests, watches and steers account closures',
    license: program.license,
    type: 'commonjs',
    engines: program.engines,
    exports: {
      '.': { types: './lib/client/index.d.ts', default: './lib/client/index.js' },
      './package.json': './package.json',
    },
    files: ['lib', 'docs'],
    dependencies: Object.fromEntries(packages().map((name) => [name, versionOf(name)])),
  };
}

/** The packages that are imported, by the code or by its types. */
function packages() {
  const imports = mentioned(/(?:require\(|from |import\()["']([^."'][^"']*)["']/g);
  const names = imports.map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(names)].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).sort();
}

function versionOf(name) {
  const version = program.dependencies[name];
  if (version === undefined) throw new Error(`The client needs ${name}, which is no dependency of the program.`);
  return version;
}

function mentioned(pattern) {
  return [...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, what]) => what)))].sort();
}
