// The example runs to its end and its evidence holds; and the checker, which knows public keys alone, refuses evidence that somebody touched, also
// somebody who could make every hash anew, and even a broker that signed what may not be.

import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: entries of many kinds
type Json = any;

const run = async (program: string, folder: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, said, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, said, code };
};

let home: string;
let evidence: string;
let played: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'valetkey-example-test-'));
  evidence = join(home, 'evidence');
  played = await run('run.ts', evidence);
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a planner with a dollar and its workers', () => {
  it('end by themselves, and the printed tree says what everybody may and did spend', () => {
    expect([played.code, played.said]).toEqual([0, '']);
    expect(played.out).toContain('The translator was cut in the middle of its answer');
    const tree = played.out.split('\n').filter((line) => line.includes('limit $'));
    expect(tree.map((line) => line.replace(/\$0\.\d+(?=\s*(?:revoked)?$)/, '$…'))).toEqual([
      'Planner             limit $1  spent $…',
      '├─ Researcher       limit $0.3  spent $…',
      '│  └─ Fact checker  limit $0.1  spent $…',
      '├─ Translator       limit $0.4  spent $…  revoked',
      '└─ Writer           limit $0.3  spent $…',
    ]);
    expect(played.out).toMatch(/ok {2}\d+ entries.*ok {2}5 grants.*ok {2}6 calls.*ok {2}6 receipts/s);
  });

  it('leave no token and no private key in the evidence', () => {
    const names = [
      'journal.jsonl',
      'checkpoints.jsonl',
      'receipts.txt',
      'claims.json',
      'checkpoint-keys.json',
      'receipt-keys.json',
    ];
    const all = names.map((name) => readFileSync(join(evidence, name), 'utf8')).join('\n');
    // A signature in base64url may hold these letters by chance; a token begins with them.
    expect(all).not.toMatch(/(?<![\w-])(?:vk_|vcs_)|"d":|at\+jwt/);
    expect(all).not.toContain(Buffer.from('"typ":"at+jwt"').toString('base64url').slice(0, 12));
  });
});

/** A copy of the evidence in which one file was changed. */
const tampered = async (name: string, change: (text: string) => string) => {
  const copy = mkdtempSync(join(home, 'tampered-'));
  cpSync(evidence, copy, { recursive: true });
  const path = join(copy, name);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return run('check.ts', copy);
};

const SPELLING = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const linesOf = (file: string): string[] => file.trimEnd().split('\n');
const join_ = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forgersKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signAsForger = (header: object, payload: object): string => {
  const signed = `${part(header)}.${part(payload)}`;
  const key = { key: forgersKey.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};
const payloadOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
const headerOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());

/** The journal with entries changed and every hash from there on made anew. */
const rehashed = (journal: string, change: (entries: Json[]) => Json[]): string => {
  let previous: string | null = null;
  const entries = change(linesOf(journal).map((line) => JSON.parse(line)));
  return join_(
    entries.map((entry, index) => {
      const { previous_hash, hash: _, ...members } = { ...entry, seq: index + 1 };
      previous ??= previous_hash as string;
      const digest = createHash('sha256').update(JSON.stringify([previous, ...Object.values(members)]));
      const hash = digest.digest('base64url');
      const line = JSON.stringify({ ...members, previous_hash: previous, hash });
      previous = hash;
      return line;
    }),
  );
};

const edit = (kind: string, change: (entry: Json, body: Json) => void) => (entries: Json[]) => {
  const entry = entries.findLast((each) => each.kind === kind);
  const body = JSON.parse(entry.body);
  change(entry, body);
  entry.body = JSON.stringify(body);
  return entries;
};

const cheaper = edit('call.settled', (entry) => {
  entry.settled_nanos -= 1;
});

describe('evidence that was touched', () => {
  it.each<[string, string, (text: string) => string, string]>([
    [
      'a byte of the journal',
      'journal.jsonl',
      (file) => file.replace('sandbox-mini', 'sandbox-mimi'),
      'was changed',
    ],
    [
      'an entry taken out',
      'journal.jsonl',
      (file) => join_(linesOf(file).toSpliced(9, 1)),
      'entry 10 is missing',
    ],
    [
      'two entries exchanged',
      'journal.jsonl',
      (file) => join_(linesOf(file).toSpliced(11, 2, linesOf(file)[12]!, linesOf(file)[11]!)),
      'is missing',
    ],
    [
      'the end cut off',
      'journal.jsonl',
      (file) => join_(linesOf(file).slice(0, -1)),
      'was signed and is missing',
    ],
    [
      'a cost, and all hashes made anew',
      'journal.jsonl',
      (file) => rehashed(file, cheaper),
      'is not the one that was signed',
    ],
    [
      'a signed head left out',
      'checkpoints.jsonl',
      (file) => join_(linesOf(file).slice(0, -1)),
      'not signed up to its end',
    ],
    [
      'a receipt’s cost',
      'receipts.txt',
      (file) => {
        const [head, , signature] = linesOf(file)[0]!.split('.');
        const payload = part({ ...payloadOf(linesOf(file)[0]!), cost_nanos: 1 });
        return join_([`${head}.${payload}.${signature}`, ...linesOf(file).slice(1)]);
      },
      'signature of a valetkey-receipt+jwt is wrong',
    ],
    [
      'a receipt, signed by somebody else under the broker’s key id',
      'receipts.txt',
      (file) => join_(linesOf(file).map((jws) => signAsForger(headerOf(jws), payloadOf(jws)))),
      'is wrong',
    ],
    [
      'a receipt of another key',
      'receipts.txt',
      (file) =>
        join_(linesOf(file).map((jws) => signAsForger({ ...headerOf(jws), kid: 'mine' }, payloadOf(jws)))),
      'which is not published',
    ],
    [
      'a receipt without a signature',
      'receipts.txt',
      (file) =>
        join_(linesOf(file).map((jws) => `${part({ ...headerOf(jws), alg: 'none' })}.${jws.split('.')[1]}.`)),
      'with ES256',
    ],
    [
      'a receipt in another spelling of the same bytes',
      'receipts.txt',
      (file) => {
        // 86 characters for 64 bytes: the last four bits of the last one say nothing.
        const [first = '', ...others] = linesOf(file);
        const at = SPELLING.indexOf(first.at(-1)!);
        return join_([first.slice(0, -1) + SPELLING[at % 16 === 15 ? at - 1 : at + 1], ...others]);
      },
      'not as it is spelled',
    ],
    ['a byte of the signed heads', 'checkpoints.jsonl', (file) => file.replace('{', '['), 'is not JSON'],
    ['a byte of what was said', 'claims.json', (file) => file.replace('{', '['), 'is not JSON'],
    ['a byte of the public keys', 'receipt-keys.json', (file) => file.replace('{', '['), 'is not JSON'],
    ['a receipt left out', 'receipts.txt', (file) => join_(linesOf(file).slice(1)), 'has no receipt'],
    [
      'what was said to be spent',
      'claims.json',
      (file) => file.replace(/"spentUsd": "0\./, '"spentUsd": "1.'),
      'was said',
    ],
    [
      'a worker left out of the tree',
      'claims.json',
      (file) => {
        const tree = JSON.parse(file);
        return JSON.stringify({ ...tree, children: tree.children.slice(1) });
      },
      'was not mentioned',
    ],
  ])('is refused: %s', async (_, name, change, says) => {
    const { code, out } = await tampered(name, change);
    expect([code, out]).toEqual([1, expect.stringContaining(says)]);
    expect(out.startsWith('WRONG')).toBe(true);
  });
});

/** The evidence as a broker would sign it that wrote this journal: keys, heads and hashes all fit. */
const signedAnew = (change: (entries: Json[]) => Json[]) => signedWith((file) => rehashed(file, change));

const signedWith = async (change: (journal: string) => string) => {
  const copy = mkdtempSync(join(home, 'dishonest-'));
  cpSync(evidence, copy, { recursive: true });
  const journal = change(readFileSync(join(copy, 'journal.jsonl'), 'utf8'));
  const { owner_id: owner, seq, hash } = JSON.parse(linesOf(journal).at(-1)!);
  const header = { alg: 'ES256', kid: 'mine', typ: 'valetkey-checkpoint+jws' };
  const checkpoint = signAsForger(header, { owner, seq, hash, at: 0, broker: 'http://127.0.0.1' });
  const jwk = { ...forgersKey.publicKey.export({ format: 'jwk' }), kid: 'mine' };
  writeFileSync(join(copy, 'journal.jsonl'), journal);
  writeFileSync(join(copy, 'checkpoints.jsonl'), `${JSON.stringify({ checkpoint })}\n`);
  writeFileSync(join(copy, 'checkpoint-keys.json'), JSON.stringify({ keys: [jwk] }));
  return run('check.ts', copy);
};

describe('a broker that signs what may not be', () => {
  it('would be believed about what is true', async () => {
    expect(await signedAnew((entries) => entries)).toMatchObject({ code: 0 });
  });

  const widen = (change: (access: Json) => void) =>
    edit('grant.delegated', (_, body) => change(body.authorization_details[0]));

  it.each<[string, (entries: Json[]) => Json[], string]>([
    ['a cost that the usage does not come to', cheaper, 'its usage'],
    [
      'a cut call that was given away',
      edit('call.ceiling', (entry) => {
        entry.settled_nanos = 0;
      }),
      'not charged in full',
    ],
    [
      'a hold that did not fit',
      edit('call.admitted', (entry) => {
        entry.held_nanos += 1e9;
      }),
      'beyond its limit',
    ],
    [
      'a model that was not allowed',
      edit('call.admitted', (_, body) => {
        body.model = 'gpt-5';
      }),
      'a model that was not allowed',
    ],
    [
      'a call by another client',
      edit('call.admitted', (_, body) => {
        body.client_id = 'app_other';
      }),
      'another client',
    ],
    [
      'a call on a way that is not there',
      edit('call.admitted', (_, body) => {
        body.grant_path.reverse();
      }),
      'a way that is not there',
    ],
    [
      'a child with more than its parent',
      widen((access) => {
        access.limits.total_spend = 0.31;
      }),
      'more than its parent',
    ],
    [
      'a child that outlives its parent',
      widen((access) => {
        access.expires = '2099-01-01T00:00:00Z';
      }),
      'lives longer',
    ],
    [
      'a child with a model of its own',
      widen((access) => {
        access.models.push('gpt-5');
      }),
      'its parent has not',
    ],
    [
      'a child of another provider',
      widen((access) => {
        access.provider = 'openai';
      }),
      'another provider',
    ],
    [
      'a child with a capability of its own',
      widen((access) => {
        access.capabilities.push('images');
      }),
      'a capability that its parent has not',
    ],
    [
      'a child with what this checker cannot judge',
      widen((access) => {
        access.limits.max_requests = 9;
      }),
      'does not know max_requests',
    ],
    [
      'a child that may go to somebody its parent may not',
      (entries) => {
        const entry = entries.find(({ kind }) => kind === 'grant.delegated');
        const body = JSON.parse(entry.body);
        body.authorization_details[0].delegation.to.push('app_other');
        entry.body = JSON.stringify(body);
        return entries;
      },
      'to whom its parent may not',
    ],
    [
      'a call after the end of its grant',
      (entries) => {
        const { at } = entries.findLast(({ kind }) => kind === 'grant.delegated');
        return widen((access) => {
          access.expires = new Date(at).toISOString();
        })(entries);
      },
      'after the end',
    ],
    [
      'a change that this checker cannot judge',
      (entries) => [
        ...entries,
        {
          ...entries.findLast(({ kind }) => kind === 'grant.delegated'),
          at: entries.at(-1).at,
          kind: 'grant.edited',
        },
      ],
      'does not know grant.edited',
    ],
    [
      'a child that goes deeper',
      widen((access) => {
        access.delegation = { max_depth: 1, to: [] };
      }),
      'deeper',
    ],
    [
      'a child of somebody who did not prove it',
      edit('grant.delegated', (_, body) => {
        body.is_actor_authenticated = false;
      }),
      'may not have it',
    ],
    [
      'a call of a grant that had ended',
      (entries) => {
        const at = entries.findIndex(({ kind }) => kind === 'grant.revoked');
        const first = entries.findIndex(({ kind }) => kind === 'call.admitted');
        const [revoked] = entries.splice(at, 1);
        entries.splice(first + 1, 0, { ...revoked, at: entries[first].at });
        const delegated = entries.filter(
          ({ grant_id, kind }) => kind === 'grant.delegated' && grant_id === revoked.grant_id,
        );
        entries.splice(entries.indexOf(delegated[0]), 1);
        entries.splice(first + 1, 0, { ...delegated[0], at: entries[first].at });
        return entries;
      },
      'had ended',
    ],
    [
      'a call that nobody has a receipt of',
      (entries) => {
        const calls = entries.filter(
          ({ call_id }) => call_id === entries.findLast(({ kind }) => kind === 'call.settled').call_id,
        );
        return [
          ...entries,
          ...calls.map((entry) => ({ ...entry, at: entries.at(-1).at, call_id: 'call_secret' })),
        ];
      },
      'call_secret has no receipt',
    ],
  ])('is found out: %s', async (_, change, says) => {
    const { code, out } = await signedAnew(change);
    expect([code, out]).toEqual([1, expect.stringContaining(says)]);
  });
});

/** The journal after its first call has left it because it was old; `change` is made to what the entry says that names it. */
const withoutFirstCall = (change: (body: Json) => void) => (journal: string) => {
  const entries: Json[] = linesOf(journal).map((line) => JSON.parse(line));
  const call = entries.find(({ kind }) => kind === 'call.admitted');
  const gone = entries.filter(({ call_id }) => call_id === call.call_id);
  const sum = { settled_nanos: gone[1].settled_nanos, settled_requests: 1, settled_tokens: 0, calls: 1 };
  const body = {
    until: gone[1].at + 1,
    gaps: gone.map(({ seq, hash }) => ({ from: seq, to: seq, hash })),
    links: [{ link_id: call.link_id, ...sum }],
  };
  change(body);
  const last = entries.at(-1);
  const none = { call_id: null, grant_id: null, link_id: null };
  const amounts = Object.fromEntries(
    Object.keys(last)
      .filter((name) => /^(held|settled)_/.test(name))
      .map((name) => [name, 0]),
  );
  const named = { owner_id: last.owner_id, kind: 'calls.removed', ...none, ...amounts };
  const members = { seq: last.seq + 1, at: last.at, ...named, body: JSON.stringify(body) };
  const digest = createHash('sha256').update(JSON.stringify([last.hash, ...Object.values(members)]));
  const removal = { ...members, previous_hash: last.hash, hash: digest.digest('base64url') };
  return join_(
    [...entries.filter((entry) => !gone.includes(entry)), removal].map((each) => JSON.stringify(each)),
  );
};

describe('a call that has left the journal because it was old', () => {
  it('is no fault, and what it cost still counts', async () => {
    const { code, out } = await signedWith(withoutFirstCall(() => {}));
    expect([code, out]).toEqual([0, expect.stringContaining('5 calls')]);
  });

  it.each<[string, (body: Json) => void, string]>([
    ['another cost', (body) => (body.links[0].settled_nanos -= 1), 'was said'],
    ['another place', (body) => body.gaps.pop(), 'is missing, and no entry says that it was removed'],
    ['another hash', (body) => (body.gaps[1].hash = body.gaps[0].hash), 'does not follow what was removed'],
    ['more than is gone', (body) => (body.gaps[1].to += 1), 'is said to be removed, and is there'],
  ])('is refused where its entry names %s', async (_, change, says) => {
    const { code, out } = await signedWith(withoutFirstCall((body) => void change(body)));
    expect([code, out]).toEqual([1, expect.stringContaining(says)]);
  });
});
