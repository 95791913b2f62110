// Lets the SDK download a server, and starts it for a moment: the SDK has no other public way to ask for a download.
// A program of its own, because a download that hangs can be given up only by ending the process.
const { TestWorkflowEnvironment } = require('@temporalio/testing');

const [kind, version, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', version, downloadDir } };

const create =
  kind === 'time-skipping'
    ? TestWorkflowEnvironment.createTimeSkipping({ server })
    : TestWorkflowEnvironment.createLocal({ server });

create
  .then((environment) => environment.teardown())
  .catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
