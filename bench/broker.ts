// This broker as a process, as an operator starts it, with an owner, a provider key and whatever tokens the callers need, all made over
// its own API, PAR and consent page.

import { join } from 'node:path';
import { authorizeApp } from '../packages/broker/test/house/authorize-app.ts';
import { OWNER, ownerApi } from '../packages/broker/test/house/start-house.ts';
import { writeProofs } from './dpop-proofs.ts';
import { CORES, type Running, start, untilReady } from './processes.ts';
import { bearer, type Ground, type Issuer, originOf, PATH, type Target } from './targets.ts';

const MAIN = join(import.meta.dirname, '../packages/broker/src/main.ts');
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };
const LIMITS = { monthly_spend: 100_000 };
/** As deep as any row goes. */
const MAX_DELEGATION_DEPTH = 5;

const detailOf = (limits: object, maxDepth = 0) => ({
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o-mini'],
  limits,
  ...(maxDepth > 0 && { delegation: { max_depth: maxDepth } }),
});

/** The path at the broker. */
export const BROKER_PATH = `/openai${PATH}`;

/** What may differ from the usual process. */
export interface BrokerOptions {
  readonly port?: number;
  readonly core?: string;
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a broker and waits until it answers. */
export const startBroker = async (ground: Ground, options: BrokerOptions = {}): Promise<Running> => {
  const { port = ground.port, core = CORES.proxy, dataDir = join(ground.dir, 'data'), env } = options;
  const running = start({
    core,
    words: [process.execPath, MAIN],
    cwd: ground.dir,
    env: {
      NODE_ENV: 'production',
      // A receipt costs more than any other step: what it is measured with is the caller's to say.
      VALETKEY_RECEIPTS: process.env.VALETKEY_RECEIPTS ?? 'all',
      VALETKEY_PORT: String(port),
      VALETKEY_DATA_DIR: dataDir,
      VALETKEY_MAX_DELEGATION_DEPTH: String(MAX_DELEGATION_DEPTH),
      VALETKEY_OWNER_EMAIL: OWNER.email,
      VALETKEY_OWNER_PASSWORD: OWNER.password,
      VALETKEY_UPSTREAM_OPENAI: originOf(ground),
      OPENAI_API_KEY: ground.providerKey,
      ...env,
    },
  });
  await untilReady(running, `http://127.0.0.1:${port}/healthz`);
  return running;
};

/** A key-shaped token for one model, as an owner makes one. */
export const makeToken = async (url: string, limits: object = LIMITS, maxDepth = 0): Promise<string> => {
  const made = await ownerApi(url)('POST', '/grants', {
    name: 'Bench',
    authorization_details: [detailOf(limits, maxDepth)],
  });
  if (made.status !== 201) throw new Error(`no grant: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.token;
};

/** A token of a grant so many delegations below an owner's. Each link of its chain has a limit of its own. */
const delegatedToken = async (url: string, depth: number): Promise<string> => {
  let token = await makeToken(url, LIMITS, depth);
  for (let below = depth - 1; below >= 0; below -= 1) {
    const response = await fetch(`${url}/grants/self/children`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `agent ${below}`, authorization_details: [detailOf(LIMITS, below)] }),
    });
    const made = (await response.json()) as { readonly token: string };
    if (response.status !== 201) throw new Error(`no child: ${response.status} ${JSON.stringify(made)}`);
    ({ token } = made);
  }
  return token;
};

/** What the broker at `url` gives out; `dir` takes the proofs. */
export const issuerAt = (url: string, dir: string): Issuer => {
  const house = { url, api: ownerApi(url) };
  const details = [detailOf(LIMITS)];
  return {
    async oauth() {
      return bearer((await authorizeApp(house, details)).accessToken);
    },
    async dpop(requests) {
      const keys = await crypto.subtle.generateKey(ES256, true, ['sign', 'verify']);
      const { accessToken } = await authorizeApp(house, details, {}, keys);
      const file = join(dir, 'proofs');
      writeProofs(file, requests, { keys, accessToken, url: url + BROKER_PATH });
      return { headers: { authorization: `DPoP ${accessToken}` }, vary: { header: 'dpop', file } };
    },
    async delegated(depth) {
      return bearer(await delegatedToken(url, depth));
    },
    async limited(requests) {
      return bearer(await makeToken(url, { requests_per_day: requests }));
    },
  };
};

/** The broker with its embedded engine. */
export const VALETKEY: Target = {
  name: 'valetkey',
  missing: () => null,
  start: async (ground) => {
    const url = `http://127.0.0.1:${ground.port}`;
    const running = await startBroker(ground);
    return {
      processes: [running],
      ports: [ground.port],
      path: BROKER_PATH,
      credential: bearer(await makeToken(url)),
      issuer: issuerAt(url, ground.dir),
    };
  },
};
