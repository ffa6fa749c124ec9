// What the alarms of `deploy/prometheus-rules.yaml` look at: a call that failed behind the gate is counted by why, and by nothing else.

import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { CallMetrics, type EndedCall } from './call-metrics.ts';

const CALL: EndedCall = { provider: 'openai', operation: 'openai.chat.completions', duration_ms: 5 };

const countOf = async (call: Partial<EndedCall>): Promise<string[]> => {
  const registry = new Registry();
  new CallMetrics(registry).count({ ...CALL, ...call });
  return (await registry.metrics()).match(/^valetkey_(?:failed_calls|refusals)_total\{.*$/gm) ?? [];
};
const failed = (reason: string) => [`valetkey_failed_calls_total{provider="openai",reason="${reason}"} 1`];

describe('what is counted of a call that got no answer', () => {
  it.each<[string, Partial<EndedCall>, string[]]>([
    [
      'the provider refused its key',
      { outcome: 'released', reason: 'key_refused', status: 401 },
      failed('key_refused'),
    ],
    [
      'the provider was not reached',
      { outcome: 'released', reason: 'unreachable', status: null },
      failed('unreachable'),
    ],
    ['the provider broke off', { outcome: 'ceiling', reason: 'broken', status: 200 }, failed('broken')],
    [
      'the provider answered with an error of its own',
      { outcome: 'ceiling', status: 503 },
      failed('error_status'),
    ],
    ['the provider refused the request', { outcome: 'released', status: 400 }, []],
    ['all went well', { outcome: 'settled', status: 200 }, []],
    [
      'the gate refused it',
      { code: 'budget_exhausted', status: 402 },
      ['valetkey_refusals_total{code="budget_exhausted"} 1'],
    ],
    [
      'nothing could be recorded',
      { code: 'unavailable', status: 503 },
      ['valetkey_refusals_total{code="unavailable"} 1'],
    ],
  ])('%s', async (_, call, counted) => {
    expect(await countOf(call)).toEqual(counted);
  });

  const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

  it('every metric that an alarm names is one that the documents name, which is served', () => {
    const named = read('deploy/prometheus-rules.yaml').match(/\bvaletkey_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(read('docs/operating/monitoring.md')).toContain(`| \`${name}\``);
    // Who is woken finds it drawn.
    for (const name of named) expect(read('deploy/grafana-dashboard.json')).toContain(name);
  });

  it('every reason that an alarm names is one that an exchange ends with', () => {
    const faults = read('packages/broker/src/gateway/exchange-faults.ts');
    const named = [...read('deploy/prometheus-rules.yaml').matchAll(/reason=~?"([\w|]+)"/g)].flatMap(
      ([, words]) => (words ?? '').split('|'),
    );
    expect(named).toContain('key_refused');
    for (const reason of named.filter((word) => word !== 'error_status'))
      expect(faults).toContain(`  ${reason}: {`);
  });
});
