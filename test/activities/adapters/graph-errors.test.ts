import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  faultOf,
  GRAPH_ERROR_CODES,
  isAbsence,
  mostSpecificCode,
} from '../../../activities/adapters/directory/graph-errors';
import type { HttpAnswer } from '../../../activities/adapters/http';
import { PortFault } from '../../../activities/ports/faults';

const now = new Date('2026-03-01T12:00:00Z');

function answer(status: number, body: unknown, retryAfter?: string): HttpAnswer {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function coded(status: number, code: string, retryAfter?: string): HttpAnswer {
  return answer(status, { error: { code, message: 'never looked at' } }, retryAfter);
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
        expect(faultOf(answer(status, text), now)).toBeInstanceOf(PortFault);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('Absence', () => {
  it.each(['Request_ResourceNotFound', 'Directory_ObjectNotFound'])('is a 404 with %s', (code) => {
    expect(isAbsence(coded(404, code))).toBe(true);
    expect(isAbsence(coded(400, code))).toBe(false);
    expect(isAbsence(coded(500, code))).toBe(false);
  });

  it.each(['', '<html>', '{"error":{"code":"OperationNotFound"}}', '{"error":{"code":"ResourceNotFound"}}'])(
    'is not a 404 with %s',
    (body) => {
      expect(isAbsence(answer(404, body))).toBe(false);
    },
  );
});

describe('The fault of an answer', () => {
  it.each([
    [coded(429, 'TooManyRequests', '5'), { name: 'ThrottledError', retryAfterMs: 5000 }],
    [coded(429, 'UnknownError'), { name: 'ThrottledError', retryAfterMs: undefined }],
    [coded(503, 'serviceUnavailable', '5'), { name: 'ThrottledError', retryAfterMs: 5000 }],
    [coded(503, 'Request_ThrottledTemporarily'), { name: 'ThrottledError' }],
    [coded(400, 'Request_ThrottledTemporarily', '9'), { name: 'ThrottledError', retryAfterMs: 9000 }],
    [coded(429, 'Request_ThrottledPermanently'), { name: 'RequestRefusedError', code: 'Request_ThrottledPermanently' }],
    [coded(400, 'TooManyRequests'), { name: 'ThrottledError', retryAfterMs: undefined }],
    [coded(400, 'serviceNotAvailable'), { name: 'UnavailableError', status: 400 }],
    [coded(503, 'serviceNotAvailable'), { name: 'UnavailableError', status: 503 }],
    [coded(404, 'Directory_ReplicaUnavailable'), { name: 'UnavailableError', status: 404 }],
    [coded(409, 'Directory_ConcurrencyViolation'), { name: 'UnavailableError', status: 409 }],
    [coded(409, 'ConcurrencyConflict'), { name: 'UnavailableError', status: 409 }],
    [answer(408, ''), { name: 'UnavailableError', status: 408 }],
    [answer(500, ''), { name: 'UnavailableError', status: 500 }],
    [answer(504, '<html>'), { name: 'UnavailableError', status: 504 }],
    [coded(401, 'InvalidAuthenticationToken'), { name: 'NotAuthenticatedError' }],
    [coded(403, 'Authorization_RequestDenied'), { name: 'AccessDeniedError', code: 'Authorization_RequestDenied' }],
    [coded(403, 'ada@analytical.example'), { name: 'AccessDeniedError', code: undefined }],
    [answer(404, ''), { name: 'IndeterminateAnswerError', oddity: 'it is a 404 that is not the directory’s own' }],
    [coded(404, 'ResourceNotFound'), { name: 'IndeterminateAnswerError' }],
    [coded(404, 'OperationNotFound'), { name: 'RequestRefusedError', status: 404, code: 'OperationNotFound' }],
    [coded(400, 'StorageLocationInvalid'), { name: 'RequestRefusedError', code: 'StorageLocationInvalid' }],
    [coded(400, 'ada@analytical.example'), { name: 'RequestRefusedError', status: 400, code: undefined }],
    [answer(423, ''), { name: 'RequestRefusedError', status: 423 }],
    [answer(302, ''), { name: 'IndeterminateAnswerError', oddity: 'it has an unexpected status' }],
  ])('%#: is told by status and code', (from, fault) => {
    expect(faultOf(from, now)).toMatchObject({ farEnd: 'directory', ...fault });
  });
});
