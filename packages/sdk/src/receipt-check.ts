// Lets a server look at the receipts that agents show it (`Valetkey-Receipts`), in three forms: for servers that speak `Request` and `Response`,
// for Express and its kin, for Fastify. A receipt proves what was done, not who shows it: it MUST NOT be taken for a login.

import { ask, brokerOrigin } from './holder.ts';
import { RECEIPTS_HEADER, readReceipts, type VerifiedChain, verifyChain } from './verify-chain.ts';
import type { Jwks } from './verify-receipt.ts';

/** Whose receipts are believed. */
export interface ReceiptCheckOptions {
  /** The broker’s address. */
  readonly broker: string;
  readonly fetch?: typeof fetch;
}

/** What the receipts in a request came to. Where they do not prove a whole chain, `response` says so to whoever asked. */
export type CheckedReceipts =
  | { readonly ok: true; readonly chain: VerifiedChain }
  | { readonly ok: false; readonly chain: VerifiedChain; readonly response: Response };

/** A request of Node, as Express, Fastify and others pass it on. */
interface NodeRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

interface FastifyReply {
  code(status: number): FastifyReply;
  send(body: object): unknown;
}

/** Checks receipts. The broker’s keys are got at the first use; where they can not be had, every form rejects with a `ValetkeyError`. */
export interface ReceiptCheck {
  /** For servers of `Request` and `Response`: workers, Hono, Next.js. */
  request(request: Pick<Request, 'headers'>): Promise<CheckedReceipts>;
  /** `app.use(receipts.express)`: goes on with a whole chain, answers 403 without. */
  readonly express: (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void;
  /** `app.addHook('preHandler', receipts.fastify)`: the same. */
  readonly fastify: (request: NodeRequest, reply: FastifyReply) => Promise<unknown>;
  /** The chain of a request that `express` or `fastify` let through. */
  chainOf(request: object): VerifiedChain;
}

const STATUS = 403;

/** A check of receipts of one broker. Throws a `TypeError` for an address that is none. */
export function receiptCheck({ broker, fetch: fetcher = fetch }: ReceiptCheckOptions): ReceiptCheck {
  const issuer = brokerOrigin(broker);
  const keys = keysOf(issuer, fetcher);
  const chains = new WeakMap<object, VerifiedChain>();
  const check = async (header: string): Promise<VerifiedChain> => {
    const receipts = readReceipts(header);
    const chain = await verifyChain(receipts, await keys.known(), { issuer });
    const isNewer = chain.refused.some(({ problem }) => problem === 'unknown_key');
    return isNewer ? verifyChain(receipts, await keys.newest(), { issuer }) : chain;
  };
  const checkNode = async (request: NodeRequest): Promise<VerifiedChain> => {
    const chain = await check(String(request.headers[RECEIPTS_HEADER.toLowerCase()] ?? ''));
    chains.set(request, chain);
    return chain;
  };
  return {
    async request({ headers }) {
      const chain = await check(headers.get(RECEIPTS_HEADER) ?? '');
      if (chain.isWhole) return { ok: true, chain };
      return { ok: false, chain, response: Response.json(refusalOf(chain), { status: STATUS }) };
    },
    express(request, response, next) {
      checkNode(request).then((chain) => {
        if (chain.isWhole) return next();
        response.statusCode = STATUS;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(refusalOf(chain)));
      }, next);
    },
    async fastify(request, reply) {
      const chain = await checkNode(request);
      return chain.isWhole ? undefined : reply.code(STATUS).send(refusalOf(chain));
    },
    chainOf(request) {
      const chain = chains.get(request);
      if (chain) return chain;
      throw new TypeError('No receipts of this request were checked: does it pass by the middleware?');
    },
  };
}

const refusalOf = ({ refused, missing, contradictions }: VerifiedChain): object => ({
  error: 'receipts_incomplete',
  error_description: `${RECEIPTS_HEADER} must show genuine receipts of every hop.`,
  refused,
  missing,
  contradictions,
});

/** How long the set may be kept, and how soon it is asked for again where a receipt names a key that is not in it. */
const KEEP_MS = 300_000;
const AGAIN_MS = 60_000;

function keysOf(issuer: string, fetcher: typeof fetch) {
  let got: { readonly keys: Promise<Jwks>; readonly atMs: number } | null = null;
  const notOlderThan = (ageMs: number): Promise<Jwks> => {
    if (got && Date.now() - got.atMs < ageMs) return got.keys;
    const keys = ask<Jwks>(fetcher, `${issuer}/.well-known/valetkey-receipt-keys`, { method: 'GET' });
    const own = { keys, atMs: Date.now() };
    got = own;
    keys.catch(() => {
      if (got === own) got = null;
    });
    return keys;
  };
  return { known: () => notOlderThan(KEEP_MS), newest: () => notOlderThan(AGAIN_MS) };
}
