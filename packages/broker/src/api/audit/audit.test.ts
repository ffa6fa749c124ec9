import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import { formatEntry } from '../../audit/export-line.ts';
import { genesisHash } from '../../audit/hash-entry.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const get = (query: string, owner = 'ada') =>
  house.app.inject({ url: `/api/v1/audit/export${query}`, headers: { authorization: `Bearer ${owner}` } });
// biome-ignore lint/suspicious/noExplicitAny: tests read JSON of many shapes
const lines = async (query = '', owner?: string): Promise<any[]> =>
  (await get(query, owner)).body
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const signIn = (times: number, ownerId = 'ada') =>
  house.ledger.record(
    Array.from({ length: times }, () => ({ ownerId, kind: 'owner.signed_in', body: { via: 'test' } })),
  );

describe('the export', () => {
  it("is the owner's whole chain over many pages, and nobody else's", async () => {
    await signIn(450);
    await signIn(3, 'eve');
    const answer = await get('');
    expect([
      answer.statusCode,
      answer.headers['content-type'],
      answer.headers['content-disposition'],
    ]).toEqual([200, 'application/x-ndjson', 'attachment; filename="valetkey-journal.jsonl"']);
    const entries = await lines();
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    expect(entries.map(({ previous_hash }) => previous_hash)).toEqual([
      genesisHash('ada'),
      ...entries.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect((await lines('', 'eve')).map(({ owner_id }) => owner_id)).toEqual(['eve', 'eve', 'eve']);
    expect(await lines('', 'nobody')).toEqual([]);
  });

  it.each([
    ['', [1, 2, 3, 4]],
    ['?from=2026-11-23', [3, 4]],
    ['?to=2026-11-23', [1, 2]],
    ['?from=2026-11-22T12:00:00.001Z&to=2026-11-25', [2, 3, 4]],
    ['?from=2026-11-22T14:00:00.001%2B02:00&to=2026-11-22T12:00:00.002Z', [2]],
    ['?from=2027-01-01', []],
    ['?to=2020-01-01', []],
  ])('of a period is a run without gaps: %s', async (query, expected) => {
    await signIn(1);
    house.clock.nowMs += 1;
    await signIn(1);
    house.clock.nowMs += 86_400_000;
    await signIn(2);
    expect((await lines(query)).map(({ seq }) => seq)).toEqual(expected);
  });

  it.each(['?from=yesterday', '?format=csv', '?from=2026-11-23&to=2026-11-22', '?owner=eve'])(
    'refuses %s',
    async (query) => {
      const answer = await get(query);
      expect([answer.statusCode, ['invalid_request', 'unknown_field']]).toEqual([
        400,
        expect.arrayContaining([answer.json().error.code]),
      ]);
    },
  );

  it('needs a session', async () => {
    expect((await house.app.inject({ url: '/api/v1/audit/export' })).statusCode).toBe(401);
  });
});

describe('in the names of the Elastic Common Schema', () => {
  it('a call is an API call with its model, outcome, place and hash, and the line that can be verified', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await house.settle('c1');
    const [entries, documents] = [await lines(), await lines('?format=ecs')];
    expect(documents.map(({ event }) => event.original)).toEqual(entries.map(formatEntry));
    const at = entries.findIndex(({ kind }) => kind === 'call.admitted');
    const { body: _body, seq, hash, at: _at, kind: _kind, owner_id: _owner, ...own } = entries[at];
    expect(documents[at]).toEqual({
      '@timestamp': '2026-11-22T12:00:00.000Z',
      ecs: { version: '9.5.0' },
      event: {
        kind: 'event',
        category: ['api'],
        type: ['start', 'allowed'],
        action: 'call.admitted',
        outcome: 'unknown',
        module: 'valetkey',
        dataset: 'valetkey.journal',
        sequence: seq,
        hash,
        original: expect.any(String),
      },
      user: { id: 'ada' },
      http: { request: { id: 'req_c1' }, response: {} },
      error: {},
      gen_ai: {
        system: 'openai',
        operation: { name: 'openai.chat.completions' },
        request: { model: 'gpt-5-mini' },
        response: {},
      },
      valetkey: own,
    });
    expect(documents.at(-1)).toMatchObject({
      event: { type: ['end'], outcome: 'success', duration: 420_000_000 },
      http: { response: { status_code: 200 } },
    });
  });

  it.each([
    ['call.refused', 'api', 'denied', 'failure'],
    ['call.ceiling', 'api', 'end', 'unknown'],
    ['delegation.refused', 'iam', 'info', 'failure'],
    ['grant.created', 'iam', 'creation', 'success'],
    ['grant.suspended', 'iam', 'change', 'success'],
    ['owner.signed_in', 'authentication', 'start', 'success'],
    ['provider_key.removed', 'configuration', 'deletion', 'success'],
    ['something.new', 'configuration', 'info', 'success'],
  ])('%s is %s, %s, %s', async (kind, category, type, outcome) => {
    await house.ledger.record([{ ownerId: 'ada', kind, body: {} }]);
    expect((await lines('?format=ecs')).at(-1).event).toMatchObject({
      category: [category],
      type: [type],
      outcome,
    });
  });
});
