import { isSigned } from '../../sandbox/erasure-service/signature';
import type { ArrivedRequest, Reply } from './answering-server';
import { NEW_SECRET } from './erasure-services';
import { isJsonWith, isOurs, NOTHING, refused, type Defects } from './faulty-erasure-services';

const location = { location: '/jobs/7' };
const idOf = (body: string): string => /"objectId":"([^"]+)"/.exec(body)?.[1] ?? '';
const withRound = ({ body }: ArrivedRequest, reply: Reply): Reply | undefined =>
  isJsonWith(body, 'round') ? reply : undefined;
/** Services that are wrong in one way, and the checks that have to find it. */
export const FAULTY_SERVICES: readonly (readonly [string, Defects, readonly string[]])[] = [
  [
    'no verification at all',
    { isWelcome: () => true },
    [
      'signature-missing',
      'signature-wrong',
      'signature-of-another-body',
      'signature-of-another-id',
      'timestamp-old',
      'timestamp-ahead',
      'erasure-signature-wrong',
    ],
  ],
  [
    'no verification of erasures',
    { isWelcome: (request) => request.path === '/erasures' || isOurs(request) },
    ['erasure-signature-wrong'],
  ],
  [
    'a refusal that points elsewhere than at the secret',
    { unsigned: refused(400) },
    [
      'signature-missing',
      'signature-wrong',
      'signature-of-another-body',
      'signature-of-another-id',
      'timestamp-old',
      'timestamp-ahead',
      'erasure-signature-wrong',
    ],
  ],
  [
    'timestamps that are not looked at',
    {
      isWelcome: (request: ArrivedRequest): boolean => {
        const then = new Date(Number(request.headers['webhook-timestamp']) * 1000);
        return isSigned(request, [NEW_SECRET], then);
      },
    },
    ['timestamp-old', 'timestamp-ahead'],
  ],
  [
    'only the first signature looked at',
    {
      isWelcome: (request: ArrivedRequest): boolean => {
        const first = String(request.headers['webhook-signature']).split(' ')[0];
        return isOurs({ ...request, headers: { ...request.headers, 'webhook-signature': first } });
      },
    },
    ['signature-rotation'],
  ],
  [
    'somebody who does not exist',
    { lookup: (body) => (isJsonWith(body, 'subject') ? { body: { items: [{ what: 'a', count: 1 }] } } : undefined) },
    ['lookup-to-plan', 'lookup-to-verify'],
  ],
  [
    'a list in place of the items',
    { lookup: (body) => (isJsonWith(body, 'subject') ? { body: [] } : undefined) },
    ['lookup-to-plan', 'lookup-to-verify'],
  ],
  [
    'people’s names in place of codes',
    {
      lookup: (body) => (isJsonWith(body, 'subject') ? { body: { items: [{ what: 'A b', count: 0 }] } } : undefined),
    },
    ['lookup-to-plan', 'lookup-to-verify'],
  ],
  [
    '404 for a person who does not exist',
    { lookup: (body) => (isJsonWith(body, 'subject') ? refused(404) : undefined) },
    ['lookup-to-plan', 'lookup-to-verify', 'unknown-fields', 'large-request'],
  ],
  [
    'unknown fields refused',
    { lookup: (body) => (/locale|filling/.test(body) ? refused(400) : undefined) },
    ['unknown-fields'],
  ],
  [
    'broken requests that break it',
    {
      lookup: (body) => (isJsonWith(body, 'subject') ? undefined : { status: 500 }),
      erasure: ({ body }) => (isJsonWith(body, 'subject') ? undefined : { status: 500 }),
    },
    ['broken-json', 'missing-fields', 'missing-fields-of-erasure'],
  ],
  [
    'broken requests that are welcome',
    { lookup: () => NOTHING, erasure: () => NOTHING },
    ['broken-json', 'missing-fields', 'missing-fields-of-erasure'],
  ],
  [
    'refusals without a problem',
    { lookup: (body) => (isJsonWith(body, 'subject') ? undefined : { status: 400, body: 'no' }) },
    ['broken-json', 'missing-fields'],
  ],
  ['every path welcome', { other: NOTHING }, ['unknown-path']],
  [
    'a large request that breaks it',
    { lookup: (body) => (body.length > 100_000 ? { status: 500 } : undefined) },
    ['large-request'],
  ],
  [
    'an erasure of nobody that erased something',
    { erasure: (request) => withRound(request, { body: { items: [{ what: 'a', outcome: 'erased', count: 1 }] } }) },
    ['erasure', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'an erasure that answers with nothing',
    { erasure: (request) => withRound(request, { status: 204 }) },
    ['erasure', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'another answer to the same key',
    {
      erasure: (request, seen) =>
        withRound(request, { body: { items: [{ what: `a${String(seen)}`, outcome: 'absent', count: 0 }] } }),
    },
    ['erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'a clash of two at once',
    { erasure: (request, seen) => withRound(request, seen > 1 ? { status: 500 } : NOTHING) },
    ['erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'a Location elsewhere',
    { erasure: (request) => withRound(request, { status: 202, headers: { location: 'https://x.example/7' } }) },
    ['erasure', 'erasure-location', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'a Location that names the person',
    {
      erasure: (request) => withRound(request, { status: 202, headers: { location: `/jobs/${idOf(request.body)}` } }),
    },
    ['erasure', 'erasure-location', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'a state that anybody can read',
    { erasure: (request) => withRound(request, { status: 202, headers: location }), state: () => NOTHING },
    ['erasure-location'],
  ],
  [
    'an erasure that never ends',
    {
      erasure: (request) => withRound(request, { status: 202, headers: location }),
      state: (request) => (isOurs(request) ? { status: 202, headers: location } : refused(401)),
    },
    ['erasure', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'a state that is not where it said',
    {
      erasure: (request) => withRound(request, { status: 202, headers: location }),
      state: (request) => (isOurs(request) ? refused(404) : refused(401)),
    },
    ['erasure', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
  [
    'no whole answer',
    { erasure: (request) => withRound(request, 'reset') },
    ['erasure', 'erasure-location', 'erasure-repeated', 'erasure-twice-at-once'],
  ],
];
