import { describe, expect, it } from '@jest/globals';

import { deviationsOf, deviationsOfAnswer } from '../../sandbox/entra/metadata';

describe('the metadata cut', () => {
  it('accepts what Graph sends, annotations and missing properties included', () => {
    expect(deviationsOf('user', { '@odata.type': '#microsoft.graph.user', id: 'x', accountEnabled: true })).toEqual([]);
    expect(deviationsOf('dataPolicyOperation', { id: 'x', progress: '12.5', status: 'running' })).toEqual([]);
  });

  it.each([
    ['user', { isViral: true }, 'user.isViral: not in the metadata'],
    ['user', { accountEnabled: 'true' }, 'user.accountEnabled: not Edm.Boolean'],
    ['user', { deletedDateTime: 'yesterday' }, 'user.deletedDateTime: not Edm.DateTimeOffset'],
    ['user', { id: null }, 'user.id: not Edm.String (null)'],
    ['appRoleAssignment', { appRoleId: 'x' }, 'appRoleAssignment.appRoleId: not Edm.Guid'],
    ['dataPolicyOperation', { status: 'succeeded' }, 'dataPolicyOperation.status: not graph.dataPolicyOperationStatus'],
    ['message', {}, 'message: not in the metadata'],
  ])('reports a deviating %s', (typeName, resource, deviation) => {
    expect(deviationsOf(typeName, resource)).toEqual([deviation]);
  });

  it('judges an answer by its context, and each item by its own type', () => {
    const context = 'http://127.0.0.1/v1.0/$metadata#';
    const group = { '@odata.type': '#microsoft.graph.group', id: 'x', accountEnabled: true };

    expect(deviationsOfAnswer({ '@odata.context': `${context}directoryObjects`, value: [group] })).toEqual([
      'group.accountEnabled: not in the metadata',
    ]);
    expect(deviationsOfAnswer({ '@odata.context': `${context}users(id,mail)/$entity`, id: 'x', mail: 1 })).toEqual([
      'user.mail: not Edm.String',
    ]);
    expect(deviationsOfAnswer({ '@odata.context': `${context}Edm.Boolean`, value: 'true' })).toEqual([
      'answer: not Edm.Boolean',
    ]);
    expect(deviationsOfAnswer({ value: [] })).toEqual(['answer: no @odata.context']);
  });
});
