import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isInvalidTenant,
  parseOpenIdConfiguration,
  parseRealmAnswer,
} from '../../../activities/adapters/realm/realm-answer';
import { IndeterminateAnswerError } from '../../../activities/ports/faults';

const AT = { farEnd: 'tenant-realm', operation: 'realm.kind-of' } as const;
const ADDRESS = 'ada@analytical.example';
const TENANT = '1a000000-0000-4000-8000-000000000001';
const OTHER = '1a000000-0000-4000-8000-000000000002';

function oddityOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof IndeterminateAnswerError && error.farEnd === 'tenant-realm') return error.oddity;
  }
  return 'none';
}

function kindOrIndeterminate(body: unknown): string {
  try {
    return parseRealmAnswer(AT, body, ADDRESS);
  } catch (error) {
    if (error instanceof IndeterminateAnswerError) return 'indeterminate';
    throw error;
  }
}

function saysViral(body: unknown): boolean {
  const viral = typeof body === 'object' && body !== null && 'IsViral' in body ? body.IsViral : undefined;
  return viral === true || (typeof viral === 'string' && viral.toLowerCase() === 'true');
}

const VIRAL = [true, 'true', 'True', 'TRUE'];
const NOT_VIRAL = [undefined, false, 'false', 'False'];
const NO_ANSWER_TO_VIRAL = [null, 0, 1, '', 'yes', ' true', [], {}, [true]];

describe('An answer of userrealm', () => {
  const answer = (fields: object): object => ({ Login: ADDRESS, NameSpaceType: 'Managed', ...fields });

  it.each(VIRAL)('means unmanaged when IsViral is %p', (viral) => {
    expect(parseRealmAnswer(AT, answer({ IsViral: viral }), ADDRESS)).toBe('unmanaged');
  });

  it.each(NOT_VIRAL)('means what NameSpaceType says when IsViral is %p', (viral) => {
    const kinds = ['Managed', 'Federated', 'Unknown'].map((type) =>
      parseRealmAnswer(AT, answer({ NameSpaceType: type, IsViral: viral }), ADDRESS),
    );

    expect(kinds).toEqual(['managed', 'federated', 'unknown']);
  });

  it('means what NameSpaceType says when there is no IsViral at all', () => {
    expect(parseRealmAnswer(AT, { Login: ADDRESS, NameSpaceType: 'Managed' }, ADDRESS)).toBe('managed');
  });

  it.each(NO_ANSWER_TO_VIRAL)('cannot be told when IsViral is %p', (viral) => {
    expect(oddityOf(() => parseRealmAnswer(AT, answer({ IsViral: viral }), ADDRESS))).toBe(
      'IsViral has an unexpected type',
    );
  });

  it.each(['Federated', 'Unknown'])('cannot be told when IsViral is true and NameSpaceType %s', (type) => {
    expect(oddityOf(() => parseRealmAnswer(AT, answer({ NameSpaceType: type, IsViral: true }), ADDRESS))).toBe(
      'IsViral contradicts NameSpaceType',
    );
  });

  it.each([undefined, null, 'managed', 'Beheerd', '', 1, ['Managed']])(
    'cannot be told when NameSpaceType is %p',
    (type) => {
      expect(oddityOf(() => parseRealmAnswer(AT, answer({ NameSpaceType: type, IsViral: true }), ADDRESS))).toBe(
        'NameSpaceType is missing or has an unexpected value',
      );
    },
  );

  it.each([undefined, null, '', 'grace@analytical.example', 'ada@analytical.exampl', 7])(
    'cannot be told when Login is %p',
    (login) => {
      expect(oddityOf(() => parseRealmAnswer(AT, answer({ Login: login, IsViral: true }), ADDRESS))).toBe(
        'Login does not match the address',
      );
    },
  );

  it('echoes the address in any case', () => {
    expect(parseRealmAnswer(AT, answer({ Login: ADDRESS.toUpperCase() }), ADDRESS)).toBe('managed');
    expect(parseRealmAnswer(AT, answer({}), ADDRESS.toUpperCase())).toBe('managed');
  });

  it.each([null, undefined, 'text', 7, true, [], [{ IsViral: true }]])('cannot be told when it is %p', (body) => {
    expect(oddityOf(() => parseRealmAnswer(AT, body, ADDRESS))).toBe('it is not an object');
  });

  it('cannot be told when its keys are translated', () => {
    const translated = { Aanmelden: ADDRESS, 'Domein naam': 'analytical.example', IsViral: true };

    expect(oddityOf(() => parseRealmAnswer(AT, translated, ADDRESS))).toBe('Login does not match the address');
  });

  it('never means unmanaged without a true IsViral, and never fails but as indeterminate', () => {
    const anyViral = fc.oneof(fc.constantFrom(...VIRAL, ...NOT_VIRAL), fc.jsonValue());
    const plausible = fc.record(
      {
        Login: fc.oneof(fc.constant(ADDRESS), fc.jsonValue()),
        NameSpaceType: fc.oneof(fc.constantFrom('Managed', 'Federated', 'Unknown'), fc.jsonValue()),
        IsViral: anyViral,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(plausible, fc.jsonValue()), (body) => {
        const outcome = kindOrIndeterminate(body);

        expect(['managed', 'federated', 'unknown', 'unmanaged', 'indeterminate']).toContain(outcome);
        expect(outcome !== 'unmanaged' || saysViral(body)).toBe(true);
        expect(outcome !== 'managed' || !saysViral(body)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('An OpenID configuration', () => {
  const configuration = (issuer: unknown, endpoint: unknown): object => ({ issuer, token_endpoint: endpoint });
  const issuer = (tenant: string): string => `https://login.example/${tenant}/v2.0`;
  const endpoint = (tenant: string): string => `https://login.example/${tenant}/oauth2/v2.0/token`;

  it('names the tenant, in lower case', () => {
    expect(parseOpenIdConfiguration(AT, configuration(issuer(TENANT.toUpperCase()), endpoint(TENANT)))).toBe(TENANT);
    expect(parseOpenIdConfiguration(AT, configuration(`${issuer(TENANT)}/`, endpoint(TENANT)))).toBe(TENANT);
  });

  it.each([undefined, null, 7, '', issuer('{tenantid}'), issuer('common'), `${issuer(TENANT)}/more`, issuer('')])(
    'names no tenant when its issuer is %p',
    (odd) => {
      expect(oddityOf(() => parseOpenIdConfiguration(AT, configuration(odd, endpoint(TENANT))))).toBe(
        'issuer names no tenant',
      );
    },
  );

  it.each([undefined, 7, endpoint(OTHER), endpoint('common'), `${endpoint(TENANT)}/more`, issuer(TENANT)])(
    'cannot be told when its token_endpoint is %p',
    (odd) => {
      expect(oddityOf(() => parseOpenIdConfiguration(AT, configuration(issuer(TENANT), odd)))).toBe(
        'issuer and token_endpoint differ',
      );
    },
  );

  it('cannot be told when neither of the two names a tenant', () => {
    expect(oddityOf(() => parseOpenIdConfiguration(AT, {}))).toBe('issuer names no tenant');
  });

  it.each([null, [], 'text'])('cannot be told when it is %p', (body) => {
    expect(oddityOf(() => parseOpenIdConfiguration(AT, body))).toBe('it is not an object');
  });

  it('is a tenant that stands in it, or indeterminate, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.record({ issuer: fc.jsonValue(), token_endpoint: fc.jsonValue() }), fc.jsonValue()),
        (b) => {
          expect(oddityOf(() => parseOpenIdConfiguration(AT, b))).not.toBe('none');
        },
      ),
    );
  });
});

describe('The error for a domain without a tenant', () => {
  it('is known by its code alone', () => {
    expect(isInvalidTenant({ error: 'invalid_tenant' })).toBe(true);
    expect([{ error: 'invalid_request' }, {}, null, ['invalid_tenant'], 'invalid_tenant'].some(isInvalidTenant)).toBe(
      false,
    );
  });
});
