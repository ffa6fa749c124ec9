// The gate with everything behind it in this process, in memory, in front of a simulated provider that keeps its own bill. No sign-in and no pages: owners and grants are made directly, so that a test can have many.

import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { type Limit, parseAuthorizationDetails } from '@valetkey/core';
import { canaryKey, type Simulator, startSimulator } from '@valetkey/testkit';
import type { UpstreamTimeouts } from '../../src/gateway/upstreams.ts';
import { type OpenGate, openGate } from './open-gate.ts';

/** Published prices in nanos per million tokens, written down here apart from the broker's own tables. */
export const PRICES = {
  'gpt-4o-mini': { input: 150_000_000, cachedInput: 75_000_000, output: 600_000_000 },
} as const;

/** A chat of its own: no two bodies are alike, so that each can be found again at the provider. */
export const chatOf = (text: string, fields: object = {}): object => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: text }],
  max_tokens: 20,
  ...fields,
});

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Whether the answer ended as a whole one does. */
  readonly isWhole: boolean;
  /** The broker's error code; null if there is none. */
  readonly code: string | null;
}

/** A grant with its token. */
export interface Granted {
  readonly id: string;
  readonly ownerId: string;
  readonly token: string;
  readonly providerKey: string;
}

/** What tests change. */
export interface GateOptions {
  /** Where the provider is reached, given its own origin: a fault proxy in front of it. */
  readonly reach?: (simulator: Simulator) => Promise<string>;
  readonly upstreamTimeouts?: UpstreamTimeouts;
}

/** A running gate. Its clock is the machine's, moved by `clock.offsetMs`. */
export type TestGate = Awaited<ReturnType<typeof startGate>>;

const CODE = /"code":\s?"([a-z_]+)"/;

/** Sends a chat and reads what comes. `onRequest` gets the request, to break it. */
export const post = (
  url: string,
  token: string,
  body: object,
  onAnswer: (answer: IncomingMessage) => void = () => {},
  signal?: AbortSignal,
  extraHeaders: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...extraHeaders,
    };
    const sent = httpRequest(
      `${url}/openai/v1/chat/completions`,
      { method: 'POST', headers, signal, agent: false },
      (answer) => {
        let text = '';
        onAnswer(answer);
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('error', () => {});
        answer.on('close', () => {
          const { statusCode: status = 0, headers, complete: isWhole } = answer;
          resolve({ status, text, headers, isWhole, code: CODE.exec(text)?.[1] ?? null });
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });

/** Starts one on an empty store. `tables` reads what is committed to its `file`. */
export async function startGate(options: GateOptions = {}) {
  const clock = { offsetMs: 0 };
  const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
  const gate = await openGate({
    dataDir: ':memory:',
    masterKey: randomBytes(32),
    upstreamOrigin: (await options.reach?.(simulator)) ?? simulator.origin,
    ...(options.upstreamTimeouts && { upstreamTimeouts: options.upstreamTimeouts }),
    ambient: { now: () => Date.now() + clock.offsetMs, randomBytes },
  });
  const [row] = gate.store.reader.run({ sql: 'pragma database_list', parameters: [] }).rows;
  const file = String(row?.file);
  const tables = new DatabaseSync(file, { readOnly: true });
  const close = async () => {
    tables.close();
    await gate.close();
    await simulator.close();
  };
  return { ...gate, clock, simulator, file, tables, close };
}

/** Makes a grant for `ownerId` on a provider key of its own. `limits` as on the wire, `exact` in nanos. */
export async function makeGrant(
  { vault, grants }: Pick<OpenGate, 'vault' | 'grants'>,
  limits: object = {},
  { ownerId = 'own_ada', exact = [] as readonly Limit[], expires = undefined as string | undefined } = {},
): Promise<Granted> {
  const providerKey = canaryKey('openai', randomBytes);
  const key = await vault.add({ ownerId, provider: 'openai', key: providerKey });
  const details = {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-4o-mini'],
    capabilities: ['chat'],
    limits,
  };
  const parsed = parseAuthorizationDetails([{ ...details, ...(expires && { expires }) }], { maxEntries: 1 });
  if (!key.ok || !parsed.ok) throw new Error(JSON.stringify([key, parsed]));
  const access = { ...parsed.value[0]!, limits: [...parsed.value[0]!.limits, ...exact] };
  const parts = [{ providerKeyId: key.value.id, access }];
  const made = await grants.create({
    ownerId,
    clientId: null,
    name: 'Tool',
    parts,
    unknownFields: 'refuse',
    via: 'api',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const token = await grants.issueKeyToken(ownerId, made.value.id);
  if (!token.ok) throw new Error(token.error.detail);
  return { id: made.value.id, ownerId, token: token.value, providerKey };
}
