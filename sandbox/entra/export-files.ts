import type { SamplePerson } from './people';

/** One file that an export writes. */
export interface ExportFile {
  /** The blob's name, with `/` between folders. */
  readonly name: string;
  readonly content: Uint8Array;
}

const ACTIONS = ['OpenFile', 'ShareFile', 'SignIn', 'RunFlow', 'Search'];

function activityOf({ address }: SamplePerson): readonly object[] {
  return ACTIONS.map((action, index) => ({
    DateTime: `2026-0${index + 1}-17T09:2${index}:00-07:00`,
    AppName: index % 2 === 0 ? 'SharePoint' : 'Power Automate',
    Action: action,
    User: address,
    IP: `192.0.2.${index + 10}`,
    DevicePlatform: 'Windows 1.0.1607',
  }));
}

/**
 * The files of system-generated logs that an export of the person writes, the same every time. Folders, a blank and a capital
 * in the names and a file without lines are there on purpose: real exports have them. Somebody with `empty-export` has none.
 */
export function exportFilesOf(person: SamplePerson): readonly ExportFile[] {
  if (person.traits.includes('empty-export')) {
    return [];
  }
  const texts: readonly (readonly [name: string, text: string])[] = [
    ['SharePoint/Activity 2026.json', JSON.stringify(activityOf(person))],
    ['PowerAutomate/ProductAndServiceUsage_0.json', JSON.stringify(activityOf(person).slice(1, 3), null, 2)],
    ['search/SearchRequestsAndQuery.csv', `DateTime,User,Query\r\n2026-03-01T10:00:00Z,${person.address},engine\r\n`],
    ['dataverse/usage.csv', ''],
  ];
  return texts.map(([name, text]) => ({ name, content: Buffer.from(text, 'utf8') }));
}
