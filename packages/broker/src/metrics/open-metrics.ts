// The metrics of a broker, for Prometheus, on an address of their own: what they say is for the operator, not for whoever reaches the
// product.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { listen, stopListening } from '../listen.ts';
import { CallMetrics, type EndedCall } from './call-metrics.ts';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** What is looked at when metrics are asked for. */
export interface MetricsParts {
  readonly address: MetricsAddress;
  readonly version: string;
  readonly engine: string;
  readonly ledger: { readonly healthy: boolean; readonly overruns: number };
  readonly running: { readonly count: number };
}

/** Metrics that are being served. */
export interface Metrics {
  readonly port: number;
  readonly count: (call: EndedCall) => void;
  close(): Promise<void>;
}

const addGauges = (registry: Registry, { version, engine, ledger, running }: MetricsParts): void => {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({ name, help, registers: [registry], collect: gaugeReads(read) });
  };
  gauge('valetkey_running_calls', 'Calls between admission and outcome.', () => running.count);
  gauge(
    'valetkey_ledger_healthy',
    '1 while admissions can be recorded; at 0 every request is refused.',
    () => (ledger.healthy ? 1 : 0),
  );
  gauge(
    'valetkey_ledger_overruns',
    'Settlements above their hold since the start. Must stay 0.',
    () => ledger.overruns,
  );
  const build = new Gauge({
    name: 'valetkey_build_info',
    help: 'Always 1.',
    labelNames: ['version', 'engine'],
    registers: [registry],
  });
  build.set({ version, engine }, 1);
};

const gaugeReads = (read: () => number) =>
  function collect(this: Gauge): void {
    this.set(read());
  };

/** Serves `GET /metrics` and nothing else. Rejects when the address is taken. */
export const openMetrics = async (parts: MetricsParts): Promise<Metrics> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addGauges(registry, parts);
  const calls = new CallMetrics(registry);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isKnown = request.method === 'GET' && request.url === '/metrics';
    const body = isKnown ? await registry.metrics() : 'Metrics are at GET /metrics.\n';
    response.writeHead(isKnown ? 200 : 404, {
      'content-type': isKnown ? registry.contentType : 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(body);
  };
  const { host } = parts.address;
  const { server, port } = await listen(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
    host,
    parts.address.port,
  );
  return {
    port,
    count: (call) => calls.count(call),
    async close() {
      server.closeAllConnections();
      await stopListening(server);
      registry.clear();
    },
  };
};
