import { describe, expect, it } from 'vitest';
import type { Alert } from '../api/alerts.ts';
import { alertPath, alertWords } from './alerts.ts';

const base = {
  id: 'al_1',
  grant: { id: 'gr_1', name: 'Notes' },
  provider_key: null,
  device_name: null,
  times: 1,
  raised_at: '2026-11-22T23:40:00Z',
  last_at: '2026-11-23T00:10:00Z',
  acknowledged_at: null,
};
const limit = {
  kind: 'limit',
  details: { link_id: 'gr_1.openai', unit: 'usd', per: 'day', limit: '5', settled: '4', threshold: 80 },
} as const;
const key = { id: 'pk_1', provider: 'openai', label: 'main' };

describe('alerts in words', () => {
  it.each<[Alert, string, string | null]>([
    [{ ...base, ...limit }, 'Notes has used $4.00 of $5.00 today', '/apps/gr_1'],
    [
      { ...base, ...limit, grant: null, provider_key: key },
      'openai key main has used $4.00 of $5.00 today',
      null,
    ],
    [{ ...base, ...limit, grant: null }, 'All of yours together has used $4.00 of $5.00 today', null],
    [
      { ...base, kind: 'refusals', details: { code: 'budget_exhausted' } },
      'Calls of Notes were refused',
      '/activity?grant_id=gr_1&status=refused&from=2026-11-22&to=2026-11-23',
    ],
    [
      { ...base, grant: null, device_name: 'Laptop', kind: 'device', details: { device_id: 'dev_1' } },
      'The device Laptop was enrolled',
      '/devices',
    ],
    [
      { ...base, grant: null, kind: 'sign_in', details: { session_id: 's1' } },
      'Somebody signed in as you in a browser that was not known',
      '/devices',
    ],
    [
      { ...base, kind: 'idle', details: { last_used_at: null } },
      'Notes has not been used for 30 days',
      '/apps/gr_1',
    ],
    [
      { ...base, kind: 'anomaly', details: { call_id: 'call_1', what: 'unconfirmed' } },
      'What a call of Notes cost is not known',
      '/activity/call_1',
    ],
    [
      { ...base, kind: 'request', details: { request_id: 'req_1' } },
      'Notes asks for more',
      '/consent/requests/req_1',
    ],
    [
      { ...base, kind: 'anomaly', details: { call_id: 'call_1', what: 'novel' as 'overrun' } },
      'Something happened with Notes',
      '/activity/call_1',
    ],
    [{ ...base, ...limit, kind: 'novel' as 'limit' }, 'Something happened with Notes', '/apps/gr_1'],
    [{ ...base, ...limit, kind: 'novel' as 'limit', grant: null }, 'Something happened', null],
  ])('%j', (alert, title, path) => {
    expect([alertWords(alert).title, alertPath(alert)]).toEqual([title, path]);
  });
});
