// `valetkey audit receipts`: what receipts of calls prove together. Offline, for anyone who has them and the published keys: no login, no
// server, no database.

import { fail, type Result, succeed, usdDecimal } from '@valetkey/core';
import {
  type ChainGrant,
  compareReceipts,
  type Jwks,
  type Receipt,
  type VerifiedChain,
  verifyChain,
} from '@valetkey/sdk';
import { defineCommand } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { money, words } from '../format.ts';
import type { Entry } from '../terminal.ts';
import type { World } from '../world.ts';

/** A receipt in a line of any text: a compact JWS. */
const RECEIPT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

const readKeys = (text: string): Jwks | null => {
  try {
    const set: unknown = JSON.parse(text);
    const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : null;
    return Array.isArray(keys) ? { keys } : null;
  } catch {
    return null;
  }
};

/** `valetkey audit receipts` */
export const auditReceipts = defineCommand({
  name: 'audit receipts',
  summary: 'Check receipts of calls offline, and show which grants they were made under',
  args: ['file'],
  flags: {
    keys: { type: 'string', value: 'FILE', help: 'the public keys of receipts (a JWK set); needed' },
    journal: {
      type: 'string',
      value: 'FILE',
      help: 'hold them against an exported journal; whether that is whole, audit verify says',
    },
    issuer: { type: 'string', value: 'URL', help: 'the broker that they must name' },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: [
    'valetkey audit receipts receipts.txt --keys receipt-keys.json --issuer https://broker.example',
    'valetkey audit receipts receipts.txt --keys receipt-keys.json --journal journal.jsonl',
  ],
  read({ keys, issuer, journal }, [file = '']) {
    if (keys === undefined) return fail('--keys is missing: a receipt proves nothing without them');
    return succeed({ file, keys, issuer, journal });
  },
  async run({ file, keys, issuer, journal }, { world, terminal }) {
    const text = world.readFile(file);
    if (!text.ok) return failWith(text.error);
    const keyText = world.readFile(keys);
    if (!keyText.ok) return failWith(keyText.error);
    const jwks = readKeys(keyText.value);
    if (!jwks) return failWith(`${keys} holds no JWK set.`);
    const receipts = text.value.match(RECEIPT) ?? [];
    if (receipts.length === 0) return failWith(`${file} holds no receipt.`);
    const verified = await verifyChain(receipts, jwks, issuer === undefined ? {} : { issuer });
    const held = journal === undefined ? succeed(verified) : await holdAgainst(verified, journal, world);
    if (!held.ok) return held;
    const chain = held.value;
    terminal.result(toJson(chain), [
      ['Receipts', words(receipts.length)],
      ...chain.grants.flatMap((grant) => rowsOf(grant, 0)),
      ...chain.notes.map((note): Entry => ['Note', words(note)]),
      ...faultsOf(chain).map((fault): Entry => ['Fault', words(fault)]),
    ]);
    return verdictOf(chain);
  },
});

/** The chain with what an exported journal says of its calls: a call that is not in it, or otherwise, contradicts. */
const holdAgainst = async (
  chain: VerifiedChain,
  journal: string,
  { claimsOfExport }: World,
): Promise<Result<VerifiedChain, Failure>> => {
  const calls = chain.grants.flatMap(callsBelow);
  const read = await claimsOfExport(
    journal,
    calls.map(({ jti }) => jti),
  );
  if (!read.ok) return failWith(read.error);
  const { claims, removedUntilMs } = read.value;
  const [contradictions, notes] = [[...chain.contradictions], [...chain.notes]];
  for (const receipt of calls) {
    const known = claims.get(receipt.jti);
    const { iss, iat, act } = receipt;
    const compared = known && compareReceipts(receipt, { ...known, iss, iat, ...(act && { act }) });
    // What a journal has settled is final: then no receipt can say more.
    const isFinal = known?.status === 'settled' || known?.status === 'released';
    if (!compared && receipt.admitted_at < removedUntilMs)
      notes.push(`Call ${receipt.jti} is so old that it has left ${journal}: the receipt is all there is.`);
    else if (!compared) contradictions.push(`Call ${receipt.jti} has no outcome in ${journal}.`);
    else if (!compared.isConsistent || (isFinal && compared.note !== null))
      contradictions.push(`${journal} says otherwise of call ${receipt.jti}.`);
    else if (compared.note !== null) notes.push(compared.note);
  }
  return succeed({ ...chain, contradictions, notes, isWhole: chain.isWhole && contradictions.length === 0 });
};

const callsBelow = ({ calls, children }: ChainGrant): Receipt[] => [
  ...calls,
  ...children.flatMap(callsBelow),
];

const rowsOf = ({ grantId, clientId, calls, totalNanos, children }: ChainGrant, depth: number): Entry[] => [
  [
    words(`${'  '.repeat(depth)}Grant`),
    words(clientId === undefined ? grantId : `${grantId}, of ${clientId}`),
  ],
  [words(`${'  '.repeat(depth)}Calls of its own`), words(calls.length)],
  [words(`${'  '.repeat(depth)}Cost, with all below`), money(usdDecimal(totalNanos))],
  ...children.flatMap((child) => rowsOf(child, depth + 1)),
];

const faultsOf = ({ refused, missing, contradictions }: VerifiedChain): string[] => [
  ...refused.map(({ index, problem }) => `Receipt ${index + 1} proves nothing: ${problem}.`),
  ...contradictions,
  ...missing.map((grantId) => `There is no receipt of grant ${grantId}, which stands above others.`),
];

const verdictOf = (chain: VerifiedChain): Result<void, Failure> => {
  const [fault] = faultsOf(chain);
  return fault === undefined ? succeed(undefined) : failWith(fault);
};

const toJson = ({ isWhole, grants, refused, missing, contradictions, notes }: VerifiedChain) => ({
  whole: isWhole,
  grants: grants.map(grantJson),
  refused,
  missing,
  contradictions,
  notes,
});

const grantJson = ({ grantId, clientId, calls, ownNanos, totalNanos, children }: ChainGrant): object => ({
  grant_id: grantId,
  client_id: clientId ?? null,
  calls,
  cost_usd: usdDecimal(ownNanos),
  total_usd: usdDecimal(totalNanos),
  children: children.map(grantJson),
});
