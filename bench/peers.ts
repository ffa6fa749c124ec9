// What the broker is measured beside: the mock provider itself, a plain reverse proxy, the least that a proxy in Node can do, and Portkey.

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CORES, type Running, start, untilReady } from './processes.ts';
import { bearer, type Ground, originOf, PATH, type Target } from './targets.ts';

const HERE = import.meta.dirname;
const TOKEN = 'bench-token';
const PORTKEY = join(
  process.env.BENCH_PEERS ?? join(homedir(), '.cache/valetkey-bench'),
  'portkey/node_modules/@portkey-ai/gateway/build/start-server.js',
);

/** Starts a proxy on its own core and waits until it answers. */
const launch = async ({ port, dir }: Ground, words: readonly string[]): Promise<Running> => {
  const running = start({ core: CORES.proxy, words, env: { NODE_ENV: 'production' }, cwd: dir });
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

/** All but the broker. */
export const PEERS: readonly Target[] = [
  {
    name: 'direct',
    missing: () => null,
    start: async ({ providerPort, providerKey }) => ({
      processes: [],
      ports: [providerPort],
      path: PATH,
      credential: bearer(providerKey),
    }),
  },
  {
    name: 'nginx',
    missing: () => (hasNginx() ? null : 'nginx is not installed (Debian: apt-get install nginx-light)'),
    start: async (ground) => {
      const conf = join(ground.dir, 'nginx.conf');
      writeFileSync(conf, NGINX_CONF(ground));
      const running = await launch(ground, [NGINX, '-p', ground.dir, '-c', conf]);
      return { processes: [running], ports: [ground.port], path: PATH, credential: bearer(TOKEN) };
    },
  },
  {
    name: 'node',
    missing: () => null,
    start: async (ground) => {
      const { port, providerKey } = ground;
      const words = [process.execPath, join(HERE, 'bare-proxy.ts'), String(port), originOf(ground)];
      const running = await launch(ground, [...words, TOKEN, providerKey]);
      return { processes: [running], ports: [port], path: PATH, credential: bearer(TOKEN) };
    },
  },
  {
    name: 'portkey',
    missing: () => (existsSync(PORTKEY) ? null : `Portkey's gateway is not in ${PORTKEY}`),
    start: async (ground) => {
      const { port, providerKey } = ground;
      const running = await launch(ground, [process.execPath, PORTKEY, `--port=${port}`, '--headless']);
      const route = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${originOf(ground)}/v1` };
      const credential = { headers: { ...bearer(providerKey).headers, ...route } };
      return { processes: [running], ports: [port], path: PATH, credential };
    },
  },
];
