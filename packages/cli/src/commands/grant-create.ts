// `valetkey grant create`: a token for a program that can only paste a key, on a grant of its own. The token is printed once, on stdout.

import {
  accessMessages,
  describeAccess,
  formatAccess,
  type ModelAccess,
  type Result,
  succeed,
} from '@valetkey/core';
import type { CreatedGrant } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { findDevice } from '../find-device.ts';
import { moment, words } from '../format.ts';
import { language, t } from '../messages/messages.ts';
import { readAccess } from '../read-access.ts';

/** What is granted, and what the owner calls it. */
export interface GrantCreateOptions {
  readonly name: string | null;
  readonly access: ModelAccess;
  /** Names or ids of the devices that it shall be pinned to. */
  readonly devices: readonly string[];
}

/** `valetkey grant create` */
export const grantCreate = defineCommand({
  name: 'grant create',
  summary: t.grantCreate.summary,
  flags: {
    ...SERVER_FLAGS,
    provider: { type: 'string', value: 'NAME', help: t.grantCreate.provider },
    model: {
      type: 'string',
      multiple: true,
      value: 'MODEL',
      help: t.grantCreate.model,
    },
    limit: {
      type: 'string',
      multiple: true,
      value: 'USD[/PERIOD]',
      help: t.grantCreate.limit,
    },
    requests: { type: 'string', value: 'N', help: t.grantFlags.requests },
    capability: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: t.grantCreate.capability,
    },
    expires: {
      type: 'string',
      value: 'WHEN',
      help: t.grantCreate.expires,
    },
    'delegation-depth': {
      type: 'string',
      value: 'N',
      help: t.grantCreate.delegationDepth,
    },
    'delegate-to': {
      type: 'string',
      multiple: true,
      value: 'WHOM',
      help: t.grantCreate.delegateTo,
    },
    device: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: t.grantCreate.device,
    },
    name: { type: 'string', value: 'TEXT', help: t.grantCreate.name },
  },
  examples: [
    'valetkey grant create --provider openai --model gpt-4o-mini --limit 5/month',
    "valetkey grant create --provider anthropic --model 'claude-*' --limit 1/day --limit 10 --expires 30d --json",
    'valetkey grant create --provider sandbox --model sandbox-mini --limit 0.25 --requests 100',
  ],
  read(flags, _args, nowMs): Result<GrantCreateOptions, string> {
    const access = readAccess(flags, nowMs);
    if (!access.ok) return access;
    return succeed({ name: flags.name ?? null, access: access.value, devices: flags.device ?? [] });
  },
  run: runGrantCreate,
});

async function runGrantCreate(
  { name, access, devices }: GrantCreateOptions,
  { api, terminal }: Context,
): Promise<Result<void, Failure>> {
  const deviceIds: string[] = [];
  for (const named of devices) {
    const device = await findDevice(named, api);
    if (!device.ok) return device;
    deviceIds.push(device.value.id);
  }
  const body = {
    ...(name !== null && { name }),
    authorization_details: [formatAccess(access)],
    ...(deviceIds.length > 0 && { device_ids: deviceIds }),
  };
  const created = await api.call<CreatedGrant>('POST', '/grants', body);
  if (!created.ok) return created;
  const grant = created.value;
  const { lines, limits } = describeAccess(access, undefined, accessMessages[language]);
  terminal.say([...lines, ...limits].map((line) => `- ${line}`).join('\n'));
  terminal.say(t.grantCreate.shownOnce(grant.id));
  const { token, base_url, base_urls, expires_at, authorization_details } = grant;
  const result = {
    grant_id: grant.id,
    name: grant.name,
    token,
    base_url,
    base_urls,
    expires_at,
    authorization_details,
  };
  terminal.result(result, [
    ['token', words(token)],
    ['base_url', words(base_url)],
    ['grant_id', words(grant.id)],
    ['expires_at', moment(expires_at)],
  ]);
  return succeed(undefined);
}
