// Works out what a change makes of the links it names, without touching them: they are replaced only once the change is durable.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Change, ChangeRefusal, Link, LinkChange } from '../contract.ts';
import type { LinkShelf } from './resident-link.ts';

/** The new versions of the changed links, in the order of the change's parts: a link may be opened and then be the parent of the next. */
export function stageChange(change: Change, links: LinkShelf): Result<readonly Link[], ChangeRefusal> {
  const staged: Link[] = [];
  const find = (linkId: string): Link | null =>
    staged.findLast((link) => link.id === linkId) ?? links.get(linkId)?.link ?? null;
  for (const step of change.links) {
    const next = step.kind === 'open' ? opened(step.link, find) : updated(step, find);
    if (!next.ok) return next;
    staged.push(next.value);
  }
  return succeed(staged);
}

type Find = (linkId: string) => Link | null;

function opened(link: Omit<Link, 'version'>, find: Find): Result<Link, ChangeRefusal> {
  if (find(link.id)) return fail({ reason: 'duplicate_link', detail: link.id });
  if (link.parentId !== null) {
    const parent = find(link.parentId);
    if (!parent) return fail({ reason: 'unknown_link', detail: link.parentId });
    if (parent.ownerId !== link.ownerId) throw new Error(`link ${link.parentId} belongs to another owner`);
  }
  return succeed({ ...link, version: 1 });
}

/** Revoked is for ever: whoever read the link before it was revoked MUST NOT bring it back to life. */
function updated(change: LinkChange & { readonly kind: 'update' }, find: Find): Result<Link, ChangeRefusal> {
  const link = find(change.linkId);
  if (!link) return fail({ reason: 'unknown_link', detail: change.linkId });
  const status = link.status === 'revoked' ? 'revoked' : (change.set.status ?? link.status);
  return succeed({ ...link, ...change.set, status, version: link.version + 1 });
}
