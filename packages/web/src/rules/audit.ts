// What the page of changes says about an entry. Pure.

import type { Change } from '../api/audit-types.ts';
import { t } from '../messages/messages.ts';

/** What happened, in words; the kind itself where there are none for it yet. */
export const changeWords = ({ kind, body }: Pick<Change, 'kind' | 'body'>): string => {
  const words = t.audit.kinds[kind] ?? kind;
  if (kind.endsWith('.refusals')) return `${words}: ${String(body.more)} × ${String(body.code)}`;
  if (kind === 'delegation.refused' && Array.isArray(body.members) && body.members.length > 0)
    return `${words}: ${body.members.join(', ')}`;
  return words;
};

/** The app or the provider that it is about, where it is not about a grant; `apps` are names by id, and an id stands for one that is not known. */
export const subjectOf = (
  { grant_id: grantId, body }: Pick<Change, 'grant_id' | 'body'>,
  apps: ReadonlyMap<string, string>,
): string | null => {
  if (grantId !== null) return null;
  const { client_id: client, provider } = body;
  if (typeof client === 'string') return apps.get(client) ?? client;
  return typeof provider === 'string' ? provider : null;
};

const BY_APP = new Set([
  'grant.delegated',
  'delegation.refused',
  'token.revoked',
  'request.made',
  'request.withdrawn',
  'consent.shown',
]);
const BY_BROKER = /^(?:broker\.|prices\.|calls\.|\w+\.refusals|(?:grant|request)\.expired)/;
/** Who ended a grant, as its entry says. */
const ENDED_BY: Readonly<Record<string, keyof typeof t.audit.who>> = {
  client: 'app',
  parent: 'app',
  broker: 'broker',
};

/** Who did it: the owner, an app with its token, the broker by itself, or nobody knows who (a wrong password). */
export const changedBy = ({ kind, body }: Pick<Change, 'kind' | 'body'>): string => {
  const { who } = t.audit;
  if (kind === 'owner.sign_in_failed') return who.someone;
  if (BY_BROKER.test(kind)) return who.broker;
  if (BY_APP.has(kind)) return body.via === 'owner' ? who.you : who.app;
  return who[(kind === 'grant.revoked' && ENDED_BY[String(body.by)]) || 'you'];
};
