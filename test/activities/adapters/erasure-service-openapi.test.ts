import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ErasureAnswer, LookupAnswer } from '../../../activities/adapters/erasure-service/answers';
import { packageRoot } from '../../../sandbox/machine';
import { startAnsweringServer, type AnsweringServer } from '../../support/answering-server';
import {
  CLOSURE_ID,
  NEW_SECRET,
  OLD_SECRET,
  PERSON,
  serviceAt,
  startExampleService,
} from '../../support/erasure-services';

const FILE = path.join(packageRoot(), 'docs', 'targets', 'erasure-service.openapi.yaml');
const written: unknown = parse(readFileSync(FILE, 'utf8'));
const { signal } = new AbortController();

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the JSON pointer of a reference points at. */
function pointedAt(pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), written);
}

/** The document with every reference replaced; fails the test at one that leads nowhere. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (!isRecord(value)) return value;
  const { $ref: pointer } = value;
  if (typeof pointer !== 'string') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  }
  const target = pointedAt(pointer);
  expect([pointer, target === undefined, Object.keys(value)]).toEqual([pointer, false, ['$ref']]);
  return resolved(target);
}

const Schema = z.record(z.string(), z.unknown());
const Example = z.strictObject({ value: z.unknown() });
const Content = z.record(
  z.string(),
  z.strictObject({
    schema: Schema,
    examples: z.record(z.string(), Example).refine((all) => Object.keys(all).length > 0),
  }),
);
const Header = z.strictObject({
  required: z.boolean().optional(),
  description: z.string(),
  schema: Schema,
  example: z.string(),
});
const Parameter = Header.extend({
  name: z.string(),
  in: z.enum(['header', 'path']),
  required: z.literal(true),
});
const Response = z.strictObject({
  description: z.string().min(10),
  headers: z.record(z.string(), Header).optional(),
  content: Content.optional(),
});
const Operation = z.strictObject({
  operationId: z.string(),
  tags: z.array(z.literal('erasure')),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(Parameter),
  requestBody: z.strictObject({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$/), Response),
});
const Document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.strictObject({ url: z.url(), description: z.string() })),
  security: z.tuple([z.strictObject({ signature: z.tuple([]) })]),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({ get: Operation.optional(), post: Operation.optional() }),
  ),
  components: z.strictObject({
    securitySchemes: z.strictObject({
      signature: z.strictObject({
        type: z.literal('apiKey'),
        in: z.literal('header'),
        name: z.string(),
        description: z.string(),
      }),
    }),
    parameters: z.record(z.string(), Parameter),
    headers: z.record(z.string(), Header),
    responses: z.record(z.string(), Response),
    schemas: z.record(z.string(), Schema),
  }),
});

const document = Document.parse(resolved(written));
const { schemas } = document.components;
const operations = Object.values(document.paths).flatMap(({ get, post }) =>
  [get, post].filter((each) => each !== undefined),
);
const contents = operations.flatMap(({ requestBody, responses }) =>
  [requestBody?.content, ...Object.values(responses).map(({ content }) => content)].flatMap((content) =>
    Object.values(content ?? {}),
  ),
);

/** A schema of the document as one of zod's. */
function zodOf(schema: unknown): z.ZodType {
  return z.fromJSONSchema(z.record(z.string(), z.any()).parse(schema));
}

/** What a schema demands: without what it only says, and with the type that a constant has anyway. */
function demandsOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(demandsOf);
  if (!isRecord(schema)) return schema;
  const isInstant = schema['format'] === 'date-time';
  const said = ['$schema', 'description', ...(isInstant ? ['pattern'] : []), ...('const' in schema ? ['type'] : [])];
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !said.includes(key))
      .map(([key, inner]) => [key, demandsOf(inner)]),
  );
}

describe('The OpenAPI file', () => {
  it('has the three calls, each with an id of its own and with the signature', () => {
    expect(operations.map(({ operationId }) => operationId)).toEqual(['lookUp', 'requestErasure', 'erasureProgress']);
    for (const { parameters } of operations) {
      expect(parameters.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['webhook-id', 'webhook-timestamp', 'webhook-signature']),
      );
    }
  });

  it('names every parameter of a path', () => {
    for (const [template, { get, post }] of Object.entries(document.paths)) {
      const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = [get, post]
        .flatMap((operation) => operation?.parameters ?? [])
        .filter((each) => each.in === 'path');

      expect(named.map(({ name }) => name)).toEqual(inPath);
    }
  });

  it('has examples that fit their schemas', () => {
    const examples = contents.flatMap(({ schema, examples: named }) =>
      Object.entries(named).map(([name, { value }]) => [name, zodOf(schema).safeParse(value).error] as const),
    );

    expect(examples.length).toBeGreaterThan(8);
    expect(examples.filter(([, error]) => error !== undefined)).toEqual([]);
  });

  it.each([
    ['LookupAnswer', LookupAnswer],
    ['ErasureAnswer', ErasureAnswer],
  ])('demands of %s what we demand, no more and no less', (name, ours) => {
    expect(demandsOf(schemas[name])).toEqual(demandsOf(z.toJSONSchema(ours, { io: 'input' })));
  });

  it('has examples of answers that we take', () => {
    const answers = operations.flatMap(({ operationId, responses }) =>
      Object.values(responses['200']?.content ?? {}).flatMap(({ examples }) =>
        Object.values(examples).map(({ value }) => {
          const schema = operationId === 'lookUp' ? LookupAnswer : ErasureAnswer;
          return [operationId, schema.safeParse(value).success] as const;
        }),
      ),
    );

    expect(answers.length).toBeGreaterThan(5);
    expect(answers.filter(([, isTaken]) => !isTaken)).toEqual([]);
  });

  it('explains every refusal by a problem', () => {
    const problems = operations.flatMap(({ responses }) =>
      Object.entries(responses).filter(([, { content }]) => content !== undefined && !('application/json' in content)),
    );

    expect(problems.map(([status]) => Number(status)).every((status) => status >= 400 && status < 500)).toBe(true);
    for (const [, { content }] of problems) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
  });
});

describe('A request of ours', () => {
  let server: AnsweringServer;

  beforeAll(async () => {
    server = await startAnsweringServer(() => ({ body: { items: [] } }));
    const service = serviceAt(server.url, [NEW_SECRET, OLD_SECRET]);
    await service.lookUp({ closureId: CLOSURE_ID, purpose: 'verify', account: PERSON }, signal);
    await service.requestErasure({ closureId: CLOSURE_ID, target: 'crm', round: 1, account: PERSON }, signal);
    await service.progress('/erasures/7', signal);
  });
  afterAll(async () => {
    await server.close();
  });

  it('has the body that the file describes', () => {
    const [lookup, erasure] = server.requests.map(({ body }): unknown => JSON.parse(body === '' ? 'null' : body));

    expect(zodOf(schemas['LookupRequest']).safeParse(lookup).error).toBeUndefined();
    expect(zodOf(schemas['ErasureRequest']).safeParse(erasure).error).toBeUndefined();
    expect(zodOf(schemas['ErasureRequest']).safeParse(lookup).success).toBe(false);
  });

  it.each([0, 1, 2])('has the headers that the file describes (%d)', (index) => {
    const headers = server.requests[index]?.headers ?? {};
    const described = operations[index]?.parameters.filter((each) => each.in === 'header') ?? [];

    expect(described.length).toBeGreaterThanOrEqual(3);
    for (const { name, schema } of described) {
      expect([name, zodOf(schema).safeParse(headers[name.toLowerCase()]).error]).toEqual([name, undefined]);
    }
  });
});

describe('An answer of the example service', () => {
  it('is one that the file describes', async () => {
    const running = await startExampleService();
    const service = serviceAt(running.baseUrl);
    const lookup = { closureId: CLOSURE_ID, purpose: 'plan', account: PERSON } as const;

    const items = await service.lookUp(lookup, signal);
    const done = await service.requestErasure(
      { closureId: CLOSURE_ID, target: 'crm', round: 1, account: PERSON },
      signal,
    );
    await running.close();

    expect(zodOf(schemas['LookupAnswer']).safeParse({ items }).error).toBeUndefined();
    expect(zodOf(schemas['ErasureAnswer']).safeParse(done).error).toBeUndefined();
  });
});
