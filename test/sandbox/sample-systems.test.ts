import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SAMPLE_PEOPLE } from '../../sandbox/entra/people';
import { packageRoot } from '../../sandbox/machine';

describe('the sample systems', () => {
  it.each(['shop', 'newsletter'])('have something of every sample person in the %s', (name) => {
    const sql = readFileSync(path.join(packageRoot(), 'sandbox', 'systems', `${name}.sql`), 'utf8');
    const missing = SAMPLE_PEOPLE.filter(({ tenantId, objectId }) => !sql.includes(`'${tenantId}', '${objectId}'`));

    expect(missing).toEqual([]);
  });
});
