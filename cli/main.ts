#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { createDependencies } from './dependencies';
import { runClosure } from './program';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
});
// The reader of a pipe (`closure list | head`) may have enough before we do.
process.stdout.on('error', () => process.exit(0));

const deps = createDependencies({
  env: process.env,
  readStdin: () => text(process.stdin),
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  isInteractive: process.stderr.isTTY,
  signal: interrupted.signal,
});

void runClosure(process.argv.slice(2), deps).then((exitCode) => {
  process.exitCode = exitCode;
});
