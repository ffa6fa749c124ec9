// The receipts that the agents collected: signed by the broker, one for each call, and each of them saying what the journal says.

import { known, must } from './fault.ts';
import { chainOf, type Graph } from './graph.ts';
import { type KeySet, verified } from './signatures.ts';

interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

interface Receipt {
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly admitted_at: number;
  readonly grant_path: readonly string[];
  readonly client_id: string;
  readonly act?: Actor;
  readonly model: string;
  readonly request_sha256: string;
  readonly response_sha256: string;
  readonly status: string;
  readonly cost_nanos: number;
}

const STATUS: Readonly<Record<string, string>> = {
  'call.settled': 'settled',
  'call.ceiling': 'unconfirmed',
  'call.released': 'released',
};

/** Compares each receipt with the journal, but those of calls from before `untilMs` that have left it. How many there are. */
export function checkReceipts(text: string, keys: KeySet, { calls }: Graph, untilMs = 0): number {
  const receipts = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => verified<Receipt>(line, keys, 'valetkey-receipt+jwt'));
  for (const receipt of receipts) {
    const place = `receipt of ${receipt.jti}`;
    if (!calls.has(receipt.jti) && receipt.admitted_at < untilMs) continue;
    const { grant, admitted, outcome } = known(
      calls.get(receipt.jti),
      `${place}: the journal has no such call`,
    );
    const chain = chainOf(grant);
    const [intent, ended] = [JSON.parse(admitted.body), JSON.parse(outcome.body)];
    const way = chain.map(({ id }) => id).toReversed();
    must(receipt.grant_path.join() === way.join(), `${place}: names another way`);
    must(receipt.client_id === grant.clientId, `${place}: names another client`);
    // Newest outermost; the grant that the owner gave has no actor.
    const actors = chain.slice(0, -1).map(({ clientId }) => clientId);
    must(actorsOf(receipt.act).join() === actors.join(), `${place}: names other actors`);
    must(receipt.model === intent.model, `${place}: names another model`);
    must(receipt.request_sha256 === intent.request_sha256, `${place}: is of another request`);
    must(receipt.response_sha256 === ended.response_sha256, `${place}: is of another answer`);
    must(
      receipt.status === STATUS[outcome.kind],
      `${place}: says ${receipt.status}, the journal ${outcome.kind}`,
    );
    must(receipt.cost_nanos === outcome.settled_nanos, `${place}: names another cost`);
  }
  const proved = new Set(receipts.map(({ jti }) => jti));
  must(proved.size === receipts.length, 'a call has two receipts');
  for (const id of calls.keys()) must(proved.has(id), `${id} has no receipt`);
  return receipts.length;
}

const actorsOf = (actor: Actor | undefined): string[] => (actor ? [actor.sub, ...actorsOf(actor.act)] : []);
