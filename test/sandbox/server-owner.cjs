// Starts the server that is named by the argument, says where it listens, and then does nothing: the test kills it.
const { startTemporal } = require('../../sandbox/temporal/dev-server');
const { startTimeSkipping } = require('../../sandbox/temporal/time-skipping-server');

const start = process.argv[2] === 'time-skipping' ? startTimeSkipping : startTemporal;

start({ searchAttributes: [] }).then((server) => {
  process.stdout.write(`${server.address}\n`);
  setInterval(() => undefined, 60_000);
});
