// `valetkey delegate`: a narrower, shorter-lived child of a grant, for a program that should not have the whole. With a command it runs that
// with the child's token alone, and ends the child after it.

import { fail, type Result, succeed } from '@valetkey/core';
import type { ChildToken } from '@valetkey/sdk';
import { type AskedAccess, childDetails } from '../child-access.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { readDeviceKey } from '../device-keys.ts';
import { EXIT, type Failure, usageError } from '../failure.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import { findToken, grantOfOwner, grantOfToken, type ParentGrant } from '../parent-grant.ts';
import { readAskedAccess } from '../read-access.ts';
import { runWithToken } from '../run-with-token.ts';

/** What is delegated to whom. */
export interface DelegateOptions {
  readonly url: string | undefined;
  /** The owner's grant; null for the token in the environment. */
  readonly from: string | null;
  readonly asked: AskedAccess;
  readonly name: string;
  readonly keep: boolean;
  /** The program and its arguments; none to print the token. */
  readonly command: readonly string[];
}

/** `valetkey delegate` */
export const delegate = defineCommand({
  name: 'delegate',
  summary: t.delegate.summary,
  rest: 'command',
  flags: {
    ...SERVER_FLAGS,
    from: {
      type: 'string',
      value: 'GRANT',
      help: t.delegate.from,
    },
    provider: { type: 'string', value: 'NAME', help: t.delegate.provider },
    model: {
      type: 'string',
      multiple: true,
      value: 'MODEL',
      help: t.delegate.model,
    },
    limit: {
      type: 'string',
      multiple: true,
      value: 'USD[/PERIOD]',
      help: t.delegate.limit,
    },
    requests: { type: 'string', value: 'N', help: t.grantFlags.requests },
    capability: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: t.delegate.capability,
    },
    expires: { type: 'string', value: 'WHEN', help: t.delegate.expires },
    depth: { type: 'string', value: 'N', help: t.delegate.depth },
    'delegate-to': {
      type: 'string',
      multiple: true,
      value: 'WHOM',
      help: t.delegate.delegateTo,
    },
    name: { type: 'string', value: 'TEXT', help: t.delegate.name },
    keep: { type: 'boolean', help: t.delegate.keep },
  },
  examples: [
    'valetkey delegate --model gpt-4o-mini --limit 0.50 --expires 15m -- node worker.js',
    'valetkey delegate --from gr_1 --limit 1/day --expires 12h --name night-run --json',
  ],
  read(flags, command, nowMs): Result<DelegateOptions, string> {
    if (flags.json && command.length > 0) return fail(t.delegate.jsonWithCommand);
    const asked = readAskedAccess(flags, nowMs);
    if (!asked.ok) return asked;
    const { url, from = null, name = 'worker', keep = false } = flags;
    return succeed({ url, from, asked: asked.value, name, keep, command });
  },
  run: runDelegate,
});

async function runDelegate(options: DelegateOptions, context: Context): Promise<Result<void, Failure>> {
  const { world } = context;
  const parent = await findParent(options, context);
  if (!parent.ok) return parent;
  const details = childDetails(options.asked, parent.value.details, world.now());
  if (!details.ok) return usageError(details.error);
  const body = { name: options.name, authorization_details: details.value };
  const made = await parent.value.delegate(body);
  if (!made.ok) return explained(made.error);
  const { command, keep, name } = options;
  if (command.length > 0) {
    const { grantId, expiresAt } = made.value;
    const end = moment(expiresAt?.toISOString()).text;
    context.terminal.say(
      keep ? t.delegate.runsUntil(name, grantId, end) : t.delegate.runsWith(name, grantId),
    );
    const { server, token: parentToken, key } = parent.value;
    return runWithToken({ command, token: made.value, server, parentToken, key, keep }, context);
  }
  printChild(made.value, name, context);
  return succeed(undefined);
}

const explained = (failure: Failure): Result<never, Failure> => {
  if (!failure.message.includes('delegation is not permitted')) return fail(failure);
  return fail({ ...failure, exitCode: EXIT.notGranted, message: t.delegate.notPermitted });
};

async function findParent(
  { url, from }: DelegateOptions,
  context: Context,
): Promise<Result<ParentGrant, Failure>> {
  if (from !== null) return grantOfOwner(from, context);
  const found = findToken(context.world.env, url);
  if (!found.ok) return found;
  const { world, deviceKeys } = context;
  return grantOfToken(world.fetch, found.value, () => readDeviceKey(deviceKeys, found.value.server));
}

function printChild(child: ChildToken, name: string, { terminal }: Context): void {
  const { grantId, parentGrantId, token, baseUrls, access } = child;
  const expiresAt = child.expiresAt?.toISOString() ?? null;
  terminal.say(t.delegate.shownOnce(String(parentGrantId)));
  const printed = {
    grant_id: grantId,
    parent_grant_id: parentGrantId,
    name,
    token,
    base_urls: baseUrls,
    expires_at: expiresAt,
    authorization_details: access,
  };
  terminal.result(printed, [
    ['token', words(token)],
    ...Object.values(baseUrls).map((url) => ['base_url', words(url)] as const),
    ['grant_id', words(grantId)],
    ['expires_at', moment(expiresAt)],
  ]);
}
