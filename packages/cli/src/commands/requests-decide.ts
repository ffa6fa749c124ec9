// `valetkey requests allow` and `valetkey requests deny`: decides a request for more, once. What is given is what was asked, or exactly what the
// flags name of it; the server refuses more.

import { formatAccess, type Result, succeed } from '@valetkey/core';
import type { AccessRequest } from '../api-types.ts';
import type { AskedAccess } from '../child-access.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, usageError } from '../failure.ts';
import { status, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import { readAskedAccess } from '../read-access.ts';

interface AllowOptions {
  readonly id: string;
  /** What is given of it; null for all. */
  readonly given: AskedAccess | null;
  readonly isAlone: boolean;
}

/** `valetkey requests allow` */
export const requestsAllow = defineCommand({
  name: 'requests allow',
  summary: t.requestsAllow.summary,
  args: ['request'],
  flags: {
    ...SERVER_FLAGS,
    limit: { type: 'string', multiple: true, value: 'USD/PERIOD', help: t.requestsAllow.limit },
    model: { type: 'string', multiple: true, value: 'NAME', help: t.requestsAllow.model },
    alone: { type: 'boolean', help: t.requestsAllow.alone },
  },
  examples: ['valetkey requests allow more_1', 'valetkey requests allow more_1 --limit 7/month'],
  read({ limit, model, alone = false }, [id], nowMs): Result<AllowOptions, string> {
    if (!limit && !model) return succeed({ id: id!, given: null, isAlone: alone });
    const given = readAskedAccess({ ...(limit && { limit }), ...(model && { model }) }, nowMs);
    return given.ok ? succeed({ id: id!, given: given.value, isAlone: alone }) : given;
  },
  run: allow,
});

async function allow({ id, given, isAlone }: AllowOptions, context: Context): Promise<Result<void, Failure>> {
  const request = await context.api.call<AccessRequest>('GET', `/requests/${encodeURIComponent(id)}`);
  if (!request.ok) return request;
  const { asked, changes, shown_hash } = request.value;
  const [first] = asked;
  if (given && asked.length !== 1) return usageError(t.requestsAllow.severalProviders);
  const above = changes.filter(({ is_asker }) => !is_asker).map(({ grant_id }) => grant_id);
  const details = given && [{ ...formatAccess(given.access), provider: first?.provider }];
  return decide(id, 'allow', context, {
    ...(details && { authorization_details: details }),
    ...(isAlone && { unchanged_grant_ids: above }),
    ...(shown_hash !== null && { shown_hash }),
  });
}

/** `valetkey requests deny` */
export const requestsDeny = defineCommand({
  name: 'requests deny',
  summary: t.requestsDeny.summary,
  args: ['request'],
  flags: SERVER_FLAGS,
  examples: ['valetkey requests deny more_1'],
  read: (_flags, [id]) => succeed(id!),
  run: (id, context) => decide(id, 'deny', context, {}),
});

async function decide(
  id: string,
  how: 'allow' | 'deny',
  { api, terminal }: Context,
  body: object,
): Promise<Result<void, Failure>> {
  const decided = await api.call<AccessRequest>('POST', `/requests/${encodeURIComponent(id)}/${how}`, body);
  if (!decided.ok) return decided;
  terminal.say(how === 'allow' ? t.requestsAllow.done : t.requestsDeny.done);
  terminal.result(decided.value, [
    ['Request', words(decided.value.id)],
    ['Grant', words(decided.value.grant_id)],
    ['Status', status(decided.value.status)],
  ]);
  return succeed(undefined);
}
