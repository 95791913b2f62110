import { beforeAll, describe, expect, it } from '@jest/globals';
import * as workflows from '../../workflows';
import { ACCOUNT_CLOSURE, FORGET_CLOSURE, PLAN_CLOSURE } from '../../workflows/contract/names';
import { bundledCode } from '../support/workflow-bundles';

describe('the registered Workflows', () => {
  it('are those that the contract names, and no other', () => {
    expect(Object.keys(workflows).sort()).toEqual([ACCOUNT_CLOSURE, FORGET_CLOSURE, PLAN_CLOSURE].sort());
  });

  it('have their Workflow Type as the name of their function', () => {
    const { accountClosure, forgetClosure, planClosure } = workflows;

    expect([accountClosure, forgetClosure, planClosure].map(({ name }) => name)).toEqual([
      ACCOUNT_CLOSURE,
      FORGET_CLOSURE,
      PLAN_CLOSURE,
    ]);
  });
});

describe('the Workflow bundle', () => {
  /** Every module in it, by the path that the bundler keeps as its name. */
  let modules: readonly string[] = [];
  let code = '';

  beforeAll(async () => {
    code = await bundledCode();
    modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"$/gm)].map((match) => match[1] ?? '');
  }, 120_000);

  it('has our Workflows, their contract and the curve that verifies confirmations in it', () => {
    expect(modules).toContain('./workflows/account-closure.ts');
    expect(modules).toContain('./workflows/contract/confirmation.ts');
    expect(modules.some((name) => name.includes('@noble/curves'))).toBe(true);
  });

  it.each(['zod', 'pino', 'pg', '@azure', '@temporalio/client', '@temporalio/worker'])('has no %s in it', (library) => {
    expect(modules.filter((name) => name.includes(`node_modules/${library}/`))).toEqual([]);
  });

  it('has nothing of the Activities, the worker, the client or the command line in it', () => {
    expect(modules.filter((name) => /^\.\/(activities|worker|client|cli|codec|sandbox)\//.test(name))).toEqual([]);
  });

  it('neither asks Node for cryptography nor reads the environment', () => {
    expect([...code.matchAll(/node:crypto|require\("crypto"\)|process\.env/g)]).toEqual([]);
  });

  it('stays small enough to be loaded within a moment: below 3 MiB without its source map', () => {
    const [withoutMap = ''] = code.split('//# sourceMappingURL=', 1);

    expect(Buffer.byteLength(withoutMap)).toBeGreaterThan(100_000);
    expect(Buffer.byteLength(withoutMap)).toBeLessThan(3 * 1024 * 1024);
  });
});
