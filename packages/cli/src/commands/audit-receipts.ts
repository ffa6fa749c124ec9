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
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { money, said, words } from '../format.ts';
import { type Messages, t } from '../messages/messages.ts';
import type { Cell, Entry } from '../terminal.ts';
import type { World } from '../world.ts';

/** A receipt in a line of any text: a compact JWS. */
const RECEIPT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** A chain with what was said of it here. What the SDK says stays English: it is evidence that is quoted. */
interface HeldChain extends Omit<VerifiedChain, 'contradictions' | 'notes'> {
  readonly contradictions: readonly Cell[];
  readonly notes: readonly Cell[];
}

/** Words of this command, in both languages. */
const ours = (say: (its: Messages['auditReceipts']) => string): Cell =>
  said(({ auditReceipts }) => say(auditReceipts));

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
  summary: t.auditReceipts.summary,
  args: ['file'],
  flags: {
    keys: { type: 'string', value: 'FILE', help: t.auditReceipts.keys },
    journal: { type: 'string', value: 'FILE', help: t.auditReceipts.journal },
    issuer: { type: 'string', value: 'URL', help: t.auditReceipts.issuer },
    json: SERVER_FLAGS.json,
  },
  examples: [
    'valetkey audit receipts receipts.txt --keys receipt-keys.json --issuer https://broker.example',
    'valetkey audit receipts receipts.txt --keys receipt-keys.json --journal journal.jsonl',
  ],
  read({ keys, issuer, journal }, [file = '']) {
    if (keys === undefined) return fail(t.auditReceipts.keysWanted);
    return succeed({ file, keys, issuer, journal });
  },
  async run({ file, keys, issuer, journal }, { world, terminal }) {
    const text = world.readFile(file);
    if (!text.ok) return failWith(text.error);
    const keyText = world.readFile(keys);
    if (!keyText.ok) return failWith(keyText.error);
    const jwks = readKeys(keyText.value);
    if (!jwks) return failWith(t.auditReceipts.noKeys(keys));
    const receipts = text.value.match(RECEIPT) ?? [];
    if (receipts.length === 0) return failWith(t.auditReceipts.noReceipt(file));
    const verified = await verifyChain(receipts, jwks, issuer === undefined ? {} : { issuer });
    const quoted = {
      ...verified,
      contradictions: verified.contradictions.map(words),
      notes: verified.notes.map(words),
    };
    const held = journal === undefined ? succeed(quoted) : await holdAgainst(quoted, journal, world);
    if (!held.ok) return held;
    const chain = held.value;
    terminal.result(toJson(chain), [
      ['Receipts', words(receipts.length)],
      ...chain.grants.flatMap((grant) => rowsOf(grant, 0)),
      ...chain.notes.map((note): Entry => ['Note', note]),
      ...faultsOf(chain).map((fault): Entry => ['Fault', fault]),
    ]);
    return verdictOf(chain);
  },
});

/** The chain with what an exported journal says of its calls: a call that is not in it, or otherwise, contradicts. */
const holdAgainst = async (
  chain: HeldChain,
  journal: string,
  { claimsOfExport }: World,
): Promise<Result<HeldChain, Failure>> => {
  const calls = chain.grants.flatMap(callsBelow);
  const read = await claimsOfExport(
    journal,
    calls.map(({ jti }) => jti),
  );
  if (!read.ok) return failWith(read.error);
  const { claims, removedUntilMs } = read.value;
  const [contradictions, notes] = [[...chain.contradictions], [...chain.notes]];
  for (const receipt of calls) {
    const { jti, iss, iat, act } = receipt;
    const known = claims.get(jti);
    const compared = known && compareReceipts(receipt, { ...known, iss, iat, ...(act && { act }) });
    // What a journal has settled is final: then no receipt can say more.
    const isFinal = known?.status === 'settled' || known?.status === 'released';
    if (!compared && receipt.admitted_at < removedUntilMs)
      notes.push(ours((its) => its.leftJournal(jti, journal)));
    else if (!compared) contradictions.push(ours((its) => its.noOutcome(jti, journal)));
    else if (!compared.isConsistent || (isFinal && compared.note !== null))
      contradictions.push(ours((its) => its.otherwise(jti, journal)));
    else if (compared.note !== null) notes.push(words(compared.note));
  }
  return succeed({ ...chain, contradictions, notes, isWhole: chain.isWhole && contradictions.length === 0 });
};

const callsBelow = ({ calls, children }: ChainGrant): Receipt[] => [
  ...calls,
  ...children.flatMap(callsBelow),
];

const rowsOf = ({ grantId, clientId, calls, totalNanos, children }: ChainGrant, depth: number): Entry[] => {
  const indented = (say: (words: Messages) => string) =>
    said((messages) => `${'  '.repeat(depth)}${say(messages)}`);
  const grant = clientId === undefined ? words(grantId) : ours((its) => its.grantOf(grantId, clientId));
  return [
    [indented(({ titles }) => titles.Grant), grant],
    [indented(({ auditReceipts }) => auditReceipts.ownCalls), words(calls.length)],
    [indented(({ auditReceipts }) => auditReceipts.wholeCost), money(usdDecimal(totalNanos))],
    ...children.flatMap((child) => rowsOf(child, depth + 1)),
  ];
};

const faultsOf = ({ refused, missing, contradictions }: HeldChain): Cell[] => [
  ...refused.map(({ index, problem }) => ours((its) => its.provesNothing(index + 1, problem))),
  ...contradictions,
  ...missing.map((grantId) => ours((its) => its.missing(grantId))),
];

const verdictOf = (chain: HeldChain): Result<void, Failure> => {
  const [fault] = faultsOf(chain);
  return fault === undefined ? succeed(undefined) : failWith(fault.text);
};

/** For programs: the same words in every language. */
const toJson = ({ isWhole, grants, refused, missing, contradictions, notes }: HeldChain) => ({
  whole: isWhole,
  grants: grants.map(grantJson),
  refused,
  missing,
  contradictions: contradictions.map(plainOf),
  notes: notes.map(plainOf),
});

const plainOf = ({ plain, text }: Cell): string => plain ?? text;

const grantJson = ({ grantId, clientId, calls, ownNanos, totalNanos, children }: ChainGrant): object => ({
  grant_id: grantId,
  client_id: clientId ?? null,
  calls,
  cost_usd: usdDecimal(ownNanos),
  total_usd: usdDecimal(totalNanos),
  children: children.map(grantJson),
});
