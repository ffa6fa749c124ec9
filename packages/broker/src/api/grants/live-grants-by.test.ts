// What a person is told would stop: the apps that were let in, not the agents that they started.

import { expect, it } from 'vitest';
import type { Grant } from '../../grants/contract.ts';
import { liveGrantsByClient, liveGrantsByKey } from './live-grants-by.ts';

const grant = (
  id: string,
  clientId: string | null,
  parentGrantId: string | null = null,
  status = 'active',
): Grant =>
  ({
    id,
    clientId,
    parentGrantId,
    status,
    parts: [{ providerKeyId: 'key' }, { providerKeyId: 'key' }],
  }) as unknown as Grant;

const GRANTS = [
  grant('planner', 'app_1'),
  grant('worker', 'app_1', 'planner'),
  grant('below', 'app_1', 'worker'),
  grant('scout', 'app_2', 'planner'),
  grant('scout below', 'app_2', 'scout'),
  grant('again', 'app_1', null, 'suspended'),
  grant('ended', 'app_1', null, 'revoked'),
  grant('tool', null),
  grant('tool below', null, 'tool'),
];

const grants = { list: async () => GRANTS };

it('of a provider key are those that the owner gave, each once', async () => {
  expect(await liveGrantsByKey(grants, 'ada')).toEqual(new Map([['key', 3]]));
});

it('of an app are those that it was given, by the owner or by another app, without its own agents', async () => {
  expect(await liveGrantsByClient(grants, 'ada')).toEqual(
    new Map([
      ['app_1', 2],
      ['app_2', 1],
    ]),
  );
});
