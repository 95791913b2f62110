// Runs a command as the leader of a process group of its own, and ends the whole group as soon as stdin closes.
// The other end of stdin is held by the process that started us and by nobody else: the system closes it however
// that process ends, also by SIGKILL. So nothing outlives a crash, and Ctrl-C reaches our owner alone, who decides
// the order of stopping. A word on stdin kills the command alone, at once, as a crash of it would.
const { spawn } = require('node:child_process');

// A server with a database on disk gets a moment to close it.
const GRACE_MS = 3000;

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
let isStopping = false;

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => {
  if (isStopping) signalGroup('SIGKILL');
  process.exit(code ?? 1);
});

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('close', stop).on('error', stop);
process.stdin.on('data', () => child.kill('SIGKILL'));

function stop() {
  if (isStopping) return;
  isStopping = true;
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
}

function signalGroup(signal) {
  try {
    process.kill(-process.pid, signal);
  } catch {
    // Windows has no process groups.
    child.kill(signal);
  }
}
