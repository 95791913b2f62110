import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  faultOf,
  GRAPH_ERROR_CODES,
  isLocationUsed,
  isObjectAbsent,
  isOperationUnknown,
  mostSpecificCode,
} from '../../../activities/adapters/directory/graph-errors';
import type { HttpAnswer } from '../../../activities/adapters/http';
import { PortFault } from '../../../activities/ports/faults';

const now = new Date('2026-03-01T12:00:00Z');
const AT = { farEnd: 'directory', operation: 'directory.find-account' } as const;

function answer(status: number, body: unknown, retryAfter?: string): HttpAnswer {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function coded(status: number, code: string, retryAfter?: string): HttpAnswer {
  return answer(status, { error: { code, message: 'never looked at' } }, retryAfter);
}

function unavailable(status: number): object {
  return { name: 'UnavailableError', detail: { operation: AT.operation, status } };
}

function refused(status: number, code: string): object {
  return { name: 'RequestRefusedError', detail: { status, code } };
}

function denied(code: string): object {
  return { name: 'AccessDeniedError', detail: { operation: AT.operation, status: 403, code } };
}

describe('The code of a Graph error', () => {
  it.each(['innerError', 'innererror'])('is the innermost one that is known, under %s', (key) => {
    const error = {
      code: 'Request_BadRequest',
      [key]: { code: 'StorageLocationInvalid', [key]: { code: 'SomethingNew', date: '2026-03-01' } },
    };

    expect(mostSpecificCode(JSON.stringify({ error }))).toBe('StorageLocationInvalid');
  });

  it('is found through a mix of both spellings', () => {
    const error = { code: 'BadRequest', innerError: {}, innererror: { innerError: { code: 'OperationNotFound' } } };

    expect(mostSpecificCode(JSON.stringify({ error }))).toBe('OperationNotFound');
  });

  it.each([
    '',
    'Bad Gateway',
    '[]',
    'null',
    '{}',
    '{"error":"invalid_tenant"}',
    '{"error":{"code":7}}',
    '{"error":{"code":"Request_ResourceNotFound "}}',
    '{"code":"Request_ResourceNotFound"}',
    '{"error":[{"code":"Request_ResourceNotFound"}]}',
  ])('is none in %s', (body) => {
    expect(mostSpecificCode(body)).toBeUndefined();
  });

  it('is found in an error of any depth', () => {
    const depth = 5000;
    const body = `{"error":${'{"innerError":'.repeat(depth)}{"code":"OperationNotFound"}${'}'.repeat(depth + 1)}`;

    expect(mostSpecificCode(body)).toBe('OperationNotFound');
  });

  it('is one of the documented ones or none, whatever the body', () => {
    const { error } = fc.letrec((tie) => ({
      error: fc.record(
        {
          code: fc.oneof(fc.constantFrom(...GRAPH_ERROR_CODES), fc.jsonValue()),
          innerError: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), tie('error')),
          innererror: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), tie('error')),
        },
        { requiredKeys: [] },
      ),
    }));
    const body = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      error.map((value) => JSON.stringify({ error: value })),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 100, max: 599 }), (text, status) => {
        const code = mostSpecificCode(text);

        expect([undefined, ...GRAPH_ERROR_CODES]).toContain(code);
        expect(code === undefined || text.includes(code)).toBe(true);
        expect(faultOf(AT, answer(status, text), now)).toBeInstanceOf(PortFault);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('The absence of an object', () => {
  it('is a 404 with Request_ResourceNotFound, and no other status', () => {
    expect(isObjectAbsent(coded(404, 'Request_ResourceNotFound'))).toBe(true);
    expect(isObjectAbsent(coded(400, 'Request_ResourceNotFound'))).toBe(false);
    expect(isObjectAbsent(coded(500, 'Request_ResourceNotFound'))).toBe(false);
  });

  it.each([...GRAPH_ERROR_CODES.filter((code) => code !== 'Request_ResourceNotFound'), 'ResourceNotFound', ''])(
    'is not a 404 with %s',
    (code) => {
      expect(isObjectAbsent(coded(404, code))).toBe(false);
    },
  );

  it.each(['', '<html>', '[]'])('is not a 404 with the body %j', (body) => {
    expect(isObjectAbsent(answer(404, body))).toBe(false);
  });
});

describe('The states of an export', () => {
  it('are told by status and code together', () => {
    expect([400, 404, 403, 500].map((status) => isOperationUnknown(coded(status, 'OperationNotFound')))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isOperationUnknown(coded(404, 'Request_ResourceNotFound'))).toBe(true);
    expect(isOperationUnknown(coded(404, 'Directory_ObjectNotFound'))).toBe(false);
    expect([400, 404, 200].map((status) => isLocationUsed(coded(status, 'StorageLocationAlreadyUsed')))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('The fault of an answer', () => {
  it.each([
    [coded(429, 'TooManyRequests', '5'), { name: 'ThrottledError', retryAfterMs: 5000 }],
    [coded(429, 'UnknownError'), { name: 'ThrottledError', retryAfterMs: undefined }],
    [coded(503, 'serviceUnavailable', '5'), { name: 'ThrottledError', retryAfterMs: 5000 }],
    [coded(503, 'Request_ThrottledTemporarily'), { name: 'ThrottledError' }],
    [coded(400, 'Request_ThrottledTemporarily', '9'), { name: 'ThrottledError', retryAfterMs: 9000 }],
    [coded(429, 'Request_ThrottledPermanently'), refused(429, 'Request_ThrottledPermanently')],
    [coded(400, 'TooManyRequests'), { name: 'ThrottledError', retryAfterMs: undefined }],
    [coded(400, 'serviceNotAvailable'), unavailable(400)],
    [coded(503, 'serviceNotAvailable'), unavailable(503)],
    [coded(404, 'Directory_ReplicaUnavailable'), unavailable(404)],
    [coded(409, 'Directory_ConcurrencyViolation'), unavailable(409)],
    [coded(409, 'ConcurrencyConflict'), unavailable(409)],
    [coded(400, 'Directory_ExpiredPageToken'), unavailable(400)],
    [answer(408, ''), unavailable(408)],
    [answer(500, ''), unavailable(500)],
    [answer(504, '<html>'), unavailable(504)],
    [coded(401, 'InvalidAuthenticationToken'), { name: 'NotAuthenticatedError', detail: { status: 401 } }],
    [coded(403, 'Authorization_RequestDenied'), denied('Authorization_RequestDenied')],
    [answer(404, ''), { name: 'IndeterminateAnswerError', oddity: 'it is a 404 that does not speak of the object' }],
    [coded(404, 'ResourceNotFound'), { name: 'IndeterminateAnswerError' }],
    [coded(404, 'OperationNotFound'), { name: 'IndeterminateAnswerError', detail: { code: 'OperationNotFound' } }],
    [
      coded(404, 'Directory_ObjectNotFound'),
      { name: 'IndeterminateAnswerError', detail: { code: 'Directory_ObjectNotFound' } },
    ],
    [
      coded(404, 'Request_ResourceNotFound'),
      { name: 'IndeterminateAnswerError', detail: { code: 'Request_ResourceNotFound' } },
    ],
    [
      coded(400, 'StorageLocationInvalid'),
      { name: 'ExportLocationRefusedError', detail: { code: 'StorageLocationInvalid' } },
    ],
    [coded(400, 'SharedAccessSignatureTokenInvalid'), { name: 'ExportLocationRefusedError' }],
    [answer(423, ''), { name: 'RequestRefusedError', detail: { status: 423 } }],
    [answer(200, '<html>'), { name: 'IndeterminateAnswerError', oddity: 'it has an unexpected status' }],
    [answer(302, ''), { name: 'IndeterminateAnswerError', oddity: 'it has an unexpected status' }],
  ])('%#: is told by status and code', (from, fault) => {
    expect(faultOf(AT, from, now)).toMatchObject({ farEnd: 'directory', ...fault });
  });

  it.each([400, 403, 404, 423])('has no code that may be a name, with %d', (status) => {
    const fault = faultOf(AT, coded(status, 'ada@analytical.example'), now);

    expect(fault.detail).toEqual({ operation: AT.operation, status });
  });
});
