import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..');

describe('protobufjs', () => {
  it('is one and the same for every part of the SDK: replay does not recognise the classes of another copy', () => {
    const askers = ['@temporalio/common', '@temporalio/proto', '@temporalio/worker', '@temporalio/client'];
    const resolved = askers.map((asker) =>
      require.resolve('protobufjs', { paths: [path.dirname(require.resolve(`${asker}/package.json`))] }),
    );

    expect(new Set([...resolved, require.resolve('protobufjs')]).size).toBe(1);
  });
});

describe('a duration of the SDK', () => {
  it('compiles when it is one', () => {
    expect(errorsIn("import { sleep } from '@temporalio/workflow';\nvoid sleep('5 minutes');")).toEqual([]);
  });

  it('does not compile when it is none, here and in the options of an Activity', () => {
    expect(errorsIn("import { sleep } from '@temporalio/workflow';\nvoid sleep('5 bananas');")).toEqual([2345]);
    expect(
      errorsIn(
        "import { proxyActivities } from '@temporalio/workflow';\nproxyActivities({ startToCloseTimeout: '5 bananas' });",
      ),
    ).toEqual([2322]);
  });
});

/** The codes of the errors that the compiler finds in the source, under the project's own settings. */
function errorsIn(source: string): readonly number[] {
  const config: { readonly config?: unknown } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) =>
    ts.sys.readFile(file),
  );
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const trial = path.join(ROOT, 'workflows', 'a-trial.ts');
  const host = ts.createCompilerHost(options);
  const onDisk = ts.createCompilerHost(options);
  host.fileExists = (file) => file === trial || onDisk.fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === trial ? ts.createSourceFile(file, source, rest[0], true) : onDisk.getSourceFile(file, ...rest);
  const program = ts.createProgram([trial], { ...options, noEmit: true }, host);
  return ts.getPreEmitDiagnostics(program).map(({ code }) => code);
}
