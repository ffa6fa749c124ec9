// The graph, rebuilt from the journal alone: who gave what to whom, and who called under it. Every grant has to lie within the one above it, and
// every call has to come on a way that is there, before anything on it has ended.

import { known, must } from './fault.ts';
import type { Entry } from './journal.ts';
import { nanosOf } from './nanos.ts';

/** A grant, as it was given. */
export interface Grant {
  readonly id: string;
  readonly parent: Grant | null;
  readonly clientId: string;
  readonly provider: string;
  readonly limitNanos: number;
  readonly models: readonly string[];
  readonly capabilities: readonly string[];
  readonly depth: number;
  readonly to: readonly string[];
  readonly endsAtMs: number;
}

/** A call: its two entries, and the grant it was made under. */
export interface Call {
  readonly id: string;
  readonly grant: Grant;
  readonly admitted: Entry;
  readonly outcome: Entry;
}

/** The graph. */
export interface Graph {
  readonly grants: ReadonlyMap<string, Grant>;
  readonly calls: ReadonlyMap<string, Call>;
}

interface GivenBody {
  readonly parent_grant_id?: string;
  readonly client_id: string;
  readonly is_actor_authenticated?: boolean;
  readonly authorization_details: readonly Access[];
}

interface Access {
  readonly type: string;
  readonly provider: string;
  readonly models: readonly string[];
  readonly capabilities: readonly string[];
  readonly limits: { readonly total_spend: number };
  readonly delegation?: { readonly max_depth: number; readonly to: readonly string[] };
  readonly expires: string;
}

/** What is judged here. Anything else might allow more than this can see. */
const KNOWN = [
  'type',
  'provider',
  'models',
  'capabilities',
  'limits',
  'delegation',
  'expires',
  'total_spend',
];
const IN_FORCE = /^(?:grant|call|stop|device|token|delegation)\.(?!refused$)/;

/** From a grant up to the one that the owner gave. */
export const chainOf = (grant: Grant): readonly Grant[] =>
  grant.parent === null ? [grant] : [grant, ...chainOf(grant.parent)];

/** Rebuilds the graph, entry by entry. */
export function buildGraph(entries: readonly Entry[]): Graph {
  const grants = new Map<string, Grant>();
  const calls = new Map<string, Call>();
  const open = new Map<string, { readonly grant: Grant; readonly admitted: Entry }>();
  const ended = new Set<string>();
  for (const entry of entries) {
    const place = `entry ${entry.seq}`;
    if (entry.kind === 'grant.created' || entry.kind === 'grant.delegated') {
      const grant = grantOf(entry, grants);
      must(!chainOf(grant).some(({ id }) => ended.has(id)), `${place}: made below a grant that had ended`);
      grants.set(grant.id, grant);
    } else if (entry.kind === 'grant.revoked') {
      ended.add(String(entry.grant_id));
    } else if (entry.kind === 'call.admitted') {
      const grant = known(
        grants.get(String(entry.grant_id)),
        `${place}: a call under a grant that is not there`,
      );
      checkAdmitted(entry, grant, ended);
      open.set(String(entry.call_id), { grant, admitted: entry });
    } else if (OUTCOMES.includes(entry.kind)) {
      const id = String(entry.call_id);
      const begun = known(open.get(id), `${place}: an outcome of a call that is not running`);
      open.delete(id);
      calls.set(id, { id, ...begun, outcome: entry });
    } else {
      must(!IN_FORCE.test(entry.kind), `${place}: this checker does not know ${entry.kind}`);
    }
  }
  must(open.size === 0, `calls without an outcome: ${[...open.keys()].join(', ')}`);
  return { grants, calls };
}

const OUTCOMES = ['call.settled', 'call.ceiling', 'call.released'];

function grantOf(entry: Entry, grants: ReadonlyMap<string, Grant>): Grant {
  const place = `entry ${entry.seq}`;
  const body: GivenBody = JSON.parse(entry.body);
  const [access, ...more] = body.authorization_details;
  must(access !== undefined && more.length === 0, `${place}: this checker reads grants for one provider`);
  for (const name of [...Object.keys(access), ...Object.keys(access.limits)])
    must(KNOWN.includes(name), `${place}: this checker does not know ${name}`);
  const parentId = body.parent_grant_id;
  const grant: Grant = {
    id: String(entry.grant_id),
    parent: parentId === undefined ? null : known(grants.get(parentId), `${place}: made below nothing`),
    clientId: body.client_id,
    provider: access.provider,
    limitNanos: nanosOf(access.limits.total_spend),
    models: access.models,
    capabilities: access.capabilities,
    depth: access.delegation?.max_depth ?? 0,
    to: access.delegation?.to ?? [],
    endsAtMs: Date.parse(access.expires),
  };
  if (grant.parent !== null) checkWithin(grant, grant.parent, body.is_actor_authenticated === true, place);
  return grant;
}

/** A child is within its parent in every dimension, and of somebody to whom the parent may delegate, who proved it. */
function checkWithin(child: Grant, parent: Grant, isProven: boolean, place: string): void {
  must(child.provider === parent.provider, `${place}: of another provider than its parent`);
  must(child.depth < parent.depth, `${place}: delegated deeper than its parent may be`);
  must(child.limitNanos <= parent.limitNanos, `${place}: may spend more than its parent`);
  must(child.endsAtMs <= parent.endsAtMs, `${place}: lives longer than its parent`);
  must(
    child.models.every((model) => parent.models.includes(model)),
    `${place}: has a model that its parent has not`,
  );
  must(
    child.capabilities.every((capability) => parent.capabilities.includes(capability)),
    `${place}: has a capability that its parent has not`,
  );
  must(
    child.to.every((recipient) => parent.to.includes(recipient)),
    `${place}: may go to somebody to whom its parent may not`,
  );
  must(isProven && parent.to.includes(child.clientId), `${place}: given to somebody who may not have it`);
}

function checkAdmitted(entry: Entry, grant: Grant, ended: ReadonlySet<string>): void {
  const place = `entry ${entry.seq}`;
  const body: {
    readonly model: string;
    readonly client_id: string;
    readonly grant_path?: readonly string[];
  } = JSON.parse(entry.body);
  const chain = chainOf(grant);
  const way = chain.map(({ id }) => id).toReversed();
  must((body.grant_path ?? [grant.id]).join() === way.join(), `${place}: came on a way that is not there`);
  must(!way.some((id) => ended.has(id)), `${place}: admitted after a grant on its way had ended`);
  must(
    chain.every(({ endsAtMs }) => entry.at < endsAtMs),
    `${place}: admitted after the end of a grant on its way`,
  );
  must(body.client_id === grant.clientId, `${place}: by another client than the grant was given to`);
  must(grant.models.includes(body.model), `${place}: with a model that was not allowed`);
}
