import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DIRECTORY_OPERATIONS } from '../../../activities/adapters/directory/operations';
import { STORAGE_OPERATIONS } from '../../../activities/adapters/storage/blob-faults';

describe('The table of rights', () => {
  it('lists every operation that a fault can name', async () => {
    const page = await readFile(path.join(__dirname, '../../../docs/graph-permissions.md'), 'utf8');
    const operations = [...DIRECTORY_OPERATIONS, ...STORAGE_OPERATIONS, 'realm.kind-of', 'realm.tenant-of'];

    expect(operations.filter((operation) => !page.includes(`\`${operation}\``))).toEqual([]);
  });
});
