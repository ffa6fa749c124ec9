// From journal entries to the whole story of one call: the tree of grants that it drew on, limits and spending as they stood. Pure over
// entries, so that it works offline on an export and in a running broker alike. MUST NOT need anything that is not in the entries.

import { usdDecimal, windowStartMs } from '@valetkey/core';
import type { Counters } from '../../ledger/rules/counters.ts';
import { isInForce, isSameLimit } from '../../ledger/rules/limit-resets.ts';
import type { ExportedEntry } from '../export-line.ts';
import type { Removal } from '../removal.ts';
import type { CallGraph, EntryNote, GraphNode, LimitAsStood } from './contract.ts';
import { type Body, bodyOf, type LinkAsStood, LinksAsStood, textOf } from './links-as-stood.ts';

const OUTCOMES: Readonly<Record<string, CallGraph['call']['status']>> = {
  'call.settled': 'settled',
  'call.ceiling': 'ceiling',
  'call.released': 'released',
};

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

const noteOf = ({ seq, at, kind, hash }: ExportedEntry): EntryNote => ({ seq, at: timeOf(at), kind, hash });

/** Whether an entry is about the call itself. */
const isAbout = (entry: ExportedEntry, callId: string): boolean =>
  entry.call_id === callId && entry.kind.startsWith('call.');

/** Takes an owner's entries from the first; the graph is there once the call's own entry was taken, its outcome once that was. */
export class CallGraphWalk {
  readonly #callId: string;
  readonly #stood: LinksAsStood;
  #beginning: ExportedEntry | null = null;
  #trees: GraphNode[] = [];
  #outcome: ExportedEntry | null = null;
  #correction: ExportedEntry | null = null;

  /** `removals` are all that the journal names. */
  constructor(callId: string, removals: readonly Removal[]) {
    this.#callId = callId;
    this.#stood = new LinksAsStood(removals);
  }

  /** Whether the call was found; from then on only its own entries are looked at. */
  get isFound(): boolean {
    return this.#beginning !== null;
  }

  /** Takes the next entry. Returns what is wrong with it, or null. */
  take(entry: ExportedEntry): string | null {
    if (this.#beginning) {
      this.#takeEnding(entry);
      return null;
    }
    const problem = this.#stood.take(entry);
    const isBeginning = entry.kind === 'call.admitted' || entry.kind === 'call.refused';
    if (problem === null && isBeginning && isAbout(entry, this.#callId)) {
      this.#beginning = entry;
      this.#trees = this.#growTrees(entry);
    }
    return problem;
  }

  /** The graph; null if the call was not among the entries. */
  graph(): CallGraph | null {
    const [beginning, outcome, correction] = [this.#beginning, this.#outcome, this.#correction];
    if (!beginning) return null;
    const intent = bodyOf(beginning);
    const seen = outcome ? bodyOf(outcome) : {};
    const isRefused = beginning.kind === 'call.refused';
    const settledNanos = (outcome?.settled_nanos ?? 0) + (correction?.settled_nanos ?? 0);
    const status = (isRefused ? intent : seen).status;
    return {
      owner_id: beginning.owner_id,
      call: {
        id: this.#callId,
        grant_id: beginning.grant_id,
        ...namesOf(intent),
        status: isRefused ? 'refused' : outcome ? OUTCOMES[outcome.kind]! : 'admitted',
        http_status: typeof status === 'number' ? status : null,
        refusal: isRefused ? textOf(intent.code) : null,
        held_usd: isRefused ? null : usdDecimal(beginning.held_nanos),
        cost_usd: outcome ? usdDecimal(settledNanos) : null,
        price_version: textOf(intent.price_version),
        rate_card_sha256: textOf(intent.rate_card_sha256),
        // What was sent had its output cap fitted to what was left: then the outcome names it.
        request_sha256: textOf(seen.request_sha256) ?? textOf(intent.request_sha256),
        response_sha256: textOf(seen.response_sha256),
      },
      entries: [beginning, outcome, correction].filter((entry) => entry !== null).map(noteOf),
      trees: this.#trees,
    };
  }

  #takeEnding(entry: ExportedEntry): void {
    if (!isAbout(entry, this.#callId)) return;
    if (OUTCOMES[entry.kind]) this.#outcome ??= entry;
    else if (entry.kind === 'call.corrected') this.#correction ??= entry;
  }

  /** From the root of the link that was charged; of a refused call, from that of each part that its grant had for the provider. */
  #growTrees(entry: ExportedEntry): GraphNode[] {
    const { links } = this.#stood;
    const provider = textOf(bodyOf(entry).provider);
    const leaves =
      entry.link_id !== null
        ? [links.get(entry.link_id)]
        : [...links.values()].filter(
            ({ grant, provider: own }) =>
              grant?.id === entry.grant_id && (provider === null || own === provider),
          );
    const byParent = Map.groupBy(links.values(), ({ parentId }) => parentId);
    return leaves.flatMap((leaf) => {
      if (!leaf) return [];
      const path = this.#pathOf(leaf);
      return new Tree(this.#stood, byParent, new Set(path), entry.at).grow(path[0]!);
    });
  }

  /** The link and those above it, from the root. */
  #pathOf(leaf: LinkAsStood): readonly LinkAsStood[] {
    const { links } = this.#stood;
    const path: LinkAsStood[] = [];
    for (let link: LinkAsStood | undefined = leaf; link; link = links.get(link.parentId ?? ''))
      path.unshift(link);
    return path;
  }
}

const namesOf = (intent: Body) => {
  const device = { ...(intent.device as object | undefined) } as Body;
  return {
    request_id: textOf(intent.request_id),
    provider: textOf(intent.provider),
    operation: textOf(intent.operation),
    model: textOf(intent.model),
    token_kind: textOf(intent.token_kind),
    token_id: textOf(intent.token_id),
    key_thumbprint: textOf(intent.key_thumbprint),
    device_id: textOf(device.id),
  };
};

/** Links as nodes: those on the path with all their children, the others with a count of what is below. */
class Tree {
  readonly #stood: LinksAsStood;
  readonly #byParent: ReadonlyMap<string | null, readonly LinkAsStood[]>;
  readonly #path: ReadonlySet<LinkAsStood>;
  readonly #atMs: number;

  constructor(
    stood: LinksAsStood,
    byParent: ReadonlyMap<string | null, readonly LinkAsStood[]>,
    path: ReadonlySet<LinkAsStood>,
    atMs: number,
  ) {
    this.#stood = stood;
    this.#byParent = byParent;
    this.#path = path;
    this.#atMs = atMs;
  }

  /** The node of a link. */
  grow(link: LinkAsStood): GraphNode {
    const { grant, access } = link;
    const counters = this.#stood.countersOf(link.id, this.#atMs);
    const { usd, requests } = counters.toBalance(link.id).windows;
    const removedUntilMs = this.#stood.removedUntilOf(link.id);
    const known = <Value>(value: Value) => (removedUntilMs <= this.#atMs ? value : null);
    const isOnPath = this.#path.has(link);
    const expiresAtMs = access?.expiresAtMs ?? null;
    return {
      link_id: link.id,
      grant_id: grant?.id ?? null,
      key_version: link.keyVersion,
      client_id: grant?.clientId ?? null,
      actor: this.#actorOf(link),
      is_actor_authenticated: grant?.isActorAuthenticated ?? null,
      via: grant?.via ?? null,
      key_thumbprint: grant?.keyThumbprint ?? null,
      device_ids: [...(grant?.deviceIds ?? [])],
      status: statusOf(link, this.#stood.isStopped(link), this.#atMs),
      expires_at: expiresAtMs === null ? null : timeOf(expiresAtMs),
      created_seq: link.createdSeq,
      changed_seq: Math.max(link.changedSeq, grant?.changedSeq ?? 0),
      limits: limitsOf(link, counters, this.#atMs, removedUntilMs),
      settled_usd: known(usdDecimal(usd.total.settled)),
      held_usd: known(usdDecimal(usd.total.held)),
      settled_requests: known(requests.total.settled),
      open_calls: known(counters.openCalls),
      is_on_path: isOnPath,
      below: this.#countBelow(link),
      children: isOnPath ? this.#childrenOf(link).map((child) => this.grow(child)) : [],
    };
  }

  #childrenOf({ id }: LinkAsStood): readonly LinkAsStood[] {
    return this.#byParent.get(id) ?? [];
  }

  #countBelow(link: LinkAsStood): number {
    return this.#childrenOf(link).reduce((count, child) => count + 1 + this.#countBelow(child), 0);
  }

  /** As tokens name it, but for the label of an agent without an identity of its own: it is a person's word and not in the journal. */
  #actorOf({ grant, parentId }: LinkAsStood): string | null {
    if (!grant || grant.parentGrantId === null) return null;
    const parent = this.#stood.links.get(parentId ?? '')?.grant;
    return grant.clientId !== null && grant.clientId !== parent?.clientId
      ? grant.clientId
      : `agent:${grant.parentGrantId}/${grant.id}`;
  }
}

function statusOf(link: LinkAsStood, isStopped: boolean, atMs: number): GraphNode['status'] {
  const statuses = [link.ownStatus, link.grant?.status];
  if (statuses.includes('revoked')) return 'revoked';
  const endsAtMs = link.access?.expiresAtMs ?? null;
  if (statuses.includes('expired') || (endsAtMs !== null && endsAtMs <= atMs)) return 'expired';
  if (statuses.includes('suspended')) return 'suspended';
  return isStopped ? 'stopped' : 'active';
}

/** Of a window that began before calls were removed, what was settled is not known; of `total` the removed ones are counted. */
function limitsOf(
  { id, access, ceiling, resets }: LinkAsStood,
  counters: Counters,
  atMs: number,
  removedUntilMs: number,
) {
  const { windows } = counters.toBalance(id);
  return (access?.limits ?? ceiling).map(({ unit, per, amount }): LimitAsStood => {
    const { settled, held } = windows[unit][per];
    const reset = resets.find((each) => isSameLimit(each, { unit, per }) && isInForce(each, atMs));
    const words = (count: number) => (unit === 'usd' ? usdDecimal(count) : count);
    const counted = settled - (reset?.amount ?? 0);
    const knownFromMs = per === 'total' ? atMs : windowStartMs(atMs, per);
    return {
      unit,
      per,
      amount: words(amount),
      settled: removedUntilMs <= knownFromMs ? words(counted) : null,
      held: removedUntilMs <= atMs ? words(held) : null,
    };
  });
}
