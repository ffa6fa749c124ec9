// `valetkey grant edit`: other terms for a grant that is there. Each flag replaces its part of the terms as a whole; what no flag names stays.

import { fail, type ModelAccess, type Result, succeed } from '@valetkey/core';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { editGrant } from '../edit-grant.ts';
import type { Failure } from '../failure.ts';
import { t } from '../messages/messages.ts';
import { readAskedAccess } from '../read-access.ts';
import { grantEntries } from './apps-show.ts';

/** The new terms; null and empty where they stay. */
interface GrantEditOptions {
  readonly id: string;
  readonly provider: string | null;
  readonly asked: ModelAccess;
  readonly depth: number | null;
}

/** `valetkey grant edit` */
export const grantEdit = defineCommand({
  name: 'grant edit',
  summary: t.grantEdit.summary,
  args: ['grant'],
  flags: {
    ...SERVER_FLAGS,
    provider: { type: 'string', value: 'NAME', help: t.grantFlags.partProvider },
    model: { type: 'string', multiple: true, value: 'MODEL', help: t.grantEdit.model },
    limit: {
      type: 'string',
      multiple: true,
      value: 'USD[/PERIOD]',
      help: t.grantEdit.limit,
    },
    requests: { type: 'string', value: 'N', help: t.grantFlags.requests },
    capability: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: t.grantEdit.capability,
    },
    expires: { type: 'string', value: 'WHEN', help: t.grantEdit.expires },
    'delegation-depth': { type: 'string', value: 'N', help: t.grantEdit.delegationDepth },
    'delegate-to': {
      type: 'string',
      multiple: true,
      value: 'WHOM',
      help: t.grantEdit.delegateTo,
    },
  },
  examples: [
    'valetkey grant edit gr_1 --limit 10/month --expires 30d',
    "valetkey grant edit gr_1 --provider openai --model 'gpt-5*'",
  ],
  read({ url: _url, json: _json, ...flags }, [id], nowMs): Result<GrantEditOptions, string> {
    const { provider, ...terms } = flags;
    if (Object.keys(terms).length === 0) return fail(t.grantEdit.changeMissing);
    const asked = readAskedAccess(flags, nowMs);
    if (!asked.ok) return asked;
    const { access } = asked.value;
    const isDepthAsked = flags['delegation-depth'] !== undefined || flags['delegate-to'] !== undefined;
    const depth = isDepthAsked ? access.delegationMaxDepth : null;
    return succeed({ id: id!, provider: provider ?? null, asked: access, depth });
  },
  run: runGrantEdit,
});

async function runGrantEdit(
  { id, provider, asked, depth }: GrantEditOptions,
  context: Context,
): Promise<Result<void, Failure>> {
  const units = new Set(asked.limits.map(({ unit, per }) => (unit === 'usd' ? unit : `${unit} ${per}`)));
  const change = (now: ModelAccess) =>
    succeed({
      ...now,
      models: asked.models ?? now.models,
      capabilities: asked.capabilities ?? now.capabilities,
      limits: [
        ...now.limits.filter(({ unit, per }) => !units.has(unit) && !units.has(`${unit} ${per}`)),
        ...asked.limits,
      ],
      expiresAtMs: asked.expiresAtMs ?? now.expiresAtMs,
      ...(depth !== null && {
        delegationMaxDepth: depth,
        delegationTo: depth === 0 ? null : (asked.delegationTo ?? now.delegationTo),
      }),
    });
  const edited = await editGrant(id, provider, change, context);
  if (!edited.ok) return edited;
  context.terminal.say(t.grantEdit.done);
  context.terminal.result(edited.value, grantEntries(edited.value));
  return succeed(undefined);
}
