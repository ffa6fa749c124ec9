// What is measured: how each is started in front of the mock provider, and what a request to it carries.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CORES, type Running, start, untilReady } from './processes.ts';

/** Where a run takes place. */
export interface Ground {
  /** Scratch folder of this target alone. */
  readonly dir: string;
  readonly port: number;
  readonly providerPort: number;
  readonly providerKey: string;
}

/** A target that is ready for requests. */
export interface Ready {
  /** Null for the provider itself. */
  readonly running: Running | null;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Something that can be measured. */
export interface Target {
  readonly name: string;
  /** Why it cannot run here; null if it can. */
  readonly missing: () => string | null;
  readonly start: (ground: Ground) => Promise<Ready>;
}

const HERE = import.meta.dirname;
const PATH = '/v1/chat/completions';
const TOKEN = 'bench-token';
const PORTKEY = join(
  process.env.BENCH_PEERS ?? join(homedir(), '.cache/valetkey-bench'),
  'portkey/node_modules/@portkey-ai/gateway/build/start-server.js',
);
const OWNER = { email: 'bench@owner.test', password: 'a-long-enough-password-42' };

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const originOf = ({ providerPort }: Ground) => `http://127.0.0.1:${providerPort}`;

/** Starts a proxy on its own core and waits until it answers. */
const launch = async (
  { port, dir }: Ground,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> => {
  const running = start({ core: CORES.proxy, words, env: { NODE_ENV: 'production', ...env }, cwd: dir });
  await untilReady(running, `http://127.0.0.1:${port}/healthz`);
  return running;
};

const NGINX_CONF = ({ dir, port, providerPort, providerKey }: Ground): string => `
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 16384;
pid ${dir}/nginx.pid; error_log ${dir}/error.log warn;
events { worker_connections 8192; }
http {
  access_log off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 300s;
  client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  client_body_buffer_size 256k;
  upstream provider { server 127.0.0.1:${providerPort}; keepalive 4096; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://provider; proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Connection ""; proxy_set_header Authorization "Bearer ${providerKey}";
    }
  }
}`;

const NGINX = 'nginx';

const hasNginx = (): boolean => {
  try {
    execFileSync(NGINX, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A key-shaped token for one model, with a limit on money, as an owner makes one. */
const makeToken = async (base: string): Promise<string> => {
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const signedIn = await post('/api/auth/sign-in/email', { origin: base }, OWNER);
  const detail = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'] };
  const grant = await post('/api/v1/grants', bearer(signedIn.headers.get('set-auth-token') ?? ''), {
    name: 'Bench',
    authorization_details: [{ ...detail, limits: { monthly_spend: 100_000 } }],
  });
  return ((await grant.json()) as { token: string }).token;
};

/** All targets, in the order in which they are measured. */
export const TARGETS: readonly Target[] = [
  {
    name: 'direct',
    missing: () => null,
    start: async ({ providerPort, providerKey }) => ({
      running: null,
      port: providerPort,
      path: PATH,
      headers: bearer(providerKey),
    }),
  },
  {
    name: 'nginx',
    missing: () => (hasNginx() ? null : 'nginx is not installed (Debian: apt-get install nginx-light)'),
    start: async (ground) => {
      const conf = join(ground.dir, 'nginx.conf');
      writeFileSync(conf, NGINX_CONF(ground));
      const running = await launch(ground, [NGINX, '-p', ground.dir, '-c', conf]);
      return { running, port: ground.port, path: PATH, headers: bearer(TOKEN) };
    },
  },
  {
    name: 'node',
    missing: () => null,
    start: async (ground) => {
      const { port, providerKey } = ground;
      const words = [process.execPath, join(HERE, 'bare-proxy.ts'), String(port), originOf(ground)];
      const running = await launch(ground, [...words, TOKEN, providerKey]);
      return { running, port, path: PATH, headers: bearer(TOKEN) };
    },
  },
  {
    name: 'portkey',
    missing: () => (existsSync(PORTKEY) ? null : `Portkey's gateway is not in ${PORTKEY}`),
    start: async (ground) => {
      const { port, providerKey } = ground;
      const running = await launch(ground, [process.execPath, PORTKEY, `--port=${port}`, '--headless']);
      const route = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${originOf(ground)}/v1` };
      return { running, port, path: PATH, headers: { ...bearer(providerKey), ...route } };
    },
  },
  {
    name: 'valetkey',
    missing: () => null,
    start: async (ground) => {
      const { port, dir, providerKey } = ground;
      mkdirSync(join(dir, 'data'));
      const running = await launch(ground, [process.execPath, join(HERE, '../packages/broker/src/main.ts')], {
        VALETKEY_PORT: String(port),
        VALETKEY_DATA_DIR: join(dir, 'data'),
        VALETKEY_OWNER_EMAIL: OWNER.email,
        VALETKEY_OWNER_PASSWORD: OWNER.password,
        VALETKEY_UPSTREAM_OPENAI: originOf(ground),
        OPENAI_API_KEY: providerKey,
      });
      const token = await makeToken(`http://127.0.0.1:${port}`);
      return { running, port, path: `/openai${PATH}`, headers: bearer(token) };
    },
  },
];
