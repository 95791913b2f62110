import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { trace } from '@opentelemetry/api';
import { createConfirmationToken } from '../../client';
import { FIRST_START_MS, startClosureServer, type ClosureServer } from '../support/closure-server';
import { connectTraced } from '../support/traced-client';

describe('a client with the interceptors of OpenTelemetry', () => {
  const spans = new InMemorySpanExporter();
  let server: ClosureServer;

  beforeAll(async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    server = await startClosureServer('scripted');
  }, FIRST_START_MS);

  afterAll(async () => {
    await server.close();
  });

  it('makes a span of each call', async () => {
    const closures = await connectTraced(server.temporal.address, server.temporal.namespace);
    const token = createConfirmationToken();

    const { workflowId } = await closures.request({ tenantId: randomUUID(), objectId: randomUUID(), token });
    await closures.withdraw(workflowId);

    const names = spans.getFinishedSpans().map(({ name }) => name);
    expect(names).toContain('StartWorkflow:accountClosure');
    expect(names.some((name) => name.includes('withdraw'))).toBe(true);
    await closures.close();
  });

  it('is made as the documentation says', async () => {
    const documented = await readFile(path.join(__dirname, '../../docs/client.md'), 'utf8');
    const tested = await readFile(path.join(__dirname, '../support/traced-client.ts'), 'utf8');

    expect(documented).toContain(tested.replace("'../../client'", "'account-closure-client'"));
  });
});
