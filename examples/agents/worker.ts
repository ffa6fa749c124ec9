// A worker: an agent of another developer, with an identity of its own and a key that its tokens are bound to. Neither private key ever leaves
// it: the planner gets a proof of who it is, and a thumbprint.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Access,
  type ChildAccess,
  childDetails,
  createSigningKey,
  exchangeToken,
  type GrantedAccess,
  type SigningKey,
  signAssertion,
  valetkey,
} from '@valetkey/sdk';
import OpenAI from 'openai';
import type { Owner } from './owner.ts';

/** An agent that nobody has given anything yet. */
export interface Agent {
  readonly name: string;
  readonly clientId: string;
  /** A JWT that proves who it is, once. */
  readonly prove: () => Promise<string>;
  readonly dpopKey: SigningKey;
}

/** An agent with a child of somebody's grant. */
export interface Worker extends Agent {
  readonly grantId: string;
  readonly token: string;
  readonly granted: readonly GrantedAccess[];
  readonly access: Access;
}

/** What came of a call. */
export interface Work {
  readonly callId: string;
  readonly text: string;
}

/** Makes the agent's keys and registers it: its developer tells the broker the public one, and no secret. */
export async function createAgent(baseUrl: string, owner: Owner, name: string): Promise<Agent> {
  const [key, dpopKey] = await Promise.all([createSigningKey(), createSigningKey()]);
  const { id: clientId } = await owner.api<{ id: string }>('POST', '/clients', {
    name,
    redirect_uris: ['https://agent.example/connected'],
    type: 'confidential',
    jwks: { keys: [key.publicJwk] },
    dpop_bound: true,
  });
  return { name, clientId, dpopKey, prove: () => signAssertion({ clientId, baseUrl, key }) };
}

/** Who gives a part of its grant: with `prove` and `dpopKey` where it is a worker itself. */
type Giver = Pick<Worker, 'clientId' | 'token' | 'access'> & Partial<Pick<Worker, 'prove' | 'dpopKey'>>;

/** Token exchange: `giver` gives `agent` a part of its grant, and a token that only the agent can use. */
export async function hire(giver: Giver, agent: Agent, terms: ChildAccess): Promise<Worker> {
  const { baseUrl } = giver.access;
  const made = await exchangeToken({
    baseUrl,
    clientId: giver.clientId,
    ...(giver.prove && { clientAuth: { assertion: await giver.prove() } }),
    ...(giver.dpopKey && { dpopKey: giver.dpopKey }),
    subjectToken: giver.token,
    actor: { assertion: await agent.prove() },
    boundTo: agent.dpopKey.thumbprint,
    details: childDetails(terms, (await giver.access.whoami()).access, Date.now()),
  });
  const access = valetkey({ baseUrl, token: made.token, dpopKey: agent.dpopKey });
  return { ...agent, grantId: made.grantId, token: made.token, granted: made.access, access };
}

/** Asks a model with the official SDK, streaming; `onWord` is called as the answer comes. */
export async function ask(
  access: Access,
  model: string,
  prompt: string,
  onStart: (callId: string) => void = () => {},
  onWord: (count: number) => Promise<void> | void = () => {},
): Promise<Work> {
  const openai = new OpenAI({
    apiKey: 'the token is in fetch',
    baseURL: `${access.baseUrl}/sandbox/v1`,
    fetch: access.fetch,
    maxRetries: 0,
  });
  const messages = [{ role: 'user' as const, content: prompt }];
  const { data, response } = await openai.chat.completions
    .create({ model, messages, stream: true })
    .withResponse();
  const callId = response.headers.get('valetkey-call-id') ?? '';
  onStart(callId);
  let text = '';
  let words = 0;
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? '';
    words += 1;
    await onWord(words);
  }
  return { callId, text };
}

/** The receipt of one of its own calls; `call_running` for as long as the outcome is being written. */
export async function receiptOf(access: Access, callId: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const response = await access.fetch(`${access.baseUrl}/grants/self/calls/${callId}/receipt`);
    if (response.ok) return ((await response.json()) as { receipt: string }).receipt;
    const text = await response.text();
    if (response.status !== 409 || tries === 20)
      throw new Error(`No receipt of ${callId}: ${response.status} ${text}`);
    await sleep(200);
  }
}
