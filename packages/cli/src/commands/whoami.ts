// `valetkey whoami`: what programs that are started here act as: the grant of the token in the environment, else the owner who is logged in. It
// MUST NOT show the token.

import { type AccessMessages, accessMessages, describeAccess, parseAccess, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { readDeviceKey } from '../device-keys.ts';
import { EXIT } from '../failure.ts';
import { money, words } from '../format.ts';
import { language, t } from '../messages/messages.ts';
import { findToken, grantOfToken } from '../parent-grant.ts';
import type { Cell } from '../terminal.ts';
import { showOwner } from './status.ts';

/** `valetkey whoami` */
export const whoami = defineCommand({
  name: 'whoami',
  summary: t.whoami.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey whoami', 'valetkey run --provider openai -- valetkey whoami --json'],
  read: ({ url }) => succeed(url),
  async run(url, context) {
    const { world, terminal, deviceKeys } = context;
    const found = findToken(world.env, url);
    if (!found.ok) return found.error.exitCode === EXIT.loginNeeded ? showOwner(context) : found;
    const { server } = found.value;
    const grant = await grantOfToken(world.fetch, found.value, () => readDeviceKey(deviceKeys, server));
    if (!grant.ok) return grant;
    const { grantId, parentGrantId, status, access, baseUrls, budget } = grant.value.self;
    const value = {
      url: server,
      grant_id: grantId,
      parent_grant_id: parentGrantId,
      status,
      authorization_details: access,
      base_urls: baseUrls,
      remaining_usd: budget?.remainingUsd ?? null,
    };
    terminal.result(value, [
      ['Server', words(server)],
      ['Grant', words(grantId)],
      ['Left', money(budget?.remainingUsd)],
      ...access.flatMap(sentencesOf).map((sentence) => ['May', sentence] as const),
    ]);
    return succeed(undefined);
  },
});

/** What a part allows, in plain words; nothing where this release does not know them. */
function sentencesOf(part: unknown): readonly Cell[] {
  const access = parseAccess(part);
  if (!access.ok) return [];
  const inWords = (messages: AccessMessages): readonly string[] => {
    const { lines, limits } = describeAccess(access.value, undefined, messages);
    return [...lines, ...limits];
  };
  const plain = inWords(accessMessages.en);
  return inWords(accessMessages[language]).map((text, index) => ({ text, plain: plain[index]! }));
}
