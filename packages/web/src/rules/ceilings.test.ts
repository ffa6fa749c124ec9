import { describe, expect, it } from 'vitest';
import type { LimitState } from '../api/types.ts';
import { typedCeilingLines } from './ceilings.ts';

const state = (
  unit: 'usd' | 'requests',
  per: 'month' | 'day' | 'minute' | 'total',
  remaining: string | number,
) => ({ unit, per, amount: remaining, settled: 0, held: 0, remaining }) as unknown as LimitState;

const key = (...states: LimitState[]) => ({
  provider_key: { id: 'key_1', provider: 'openai', label: 'main', last_four: '4826' },
  limits: {},
  states,
  spent: { today_usd: '0', month_usd: '0', total_usd: '0' },
});

const typed = (input: string, name = 'monthly_spend', keyId = 'key_1') => ({
  rows: [{ name, input }],
  keyId,
});

describe('typedCeilingLines', () => {
  it('say where the owner’s own limit leaves less than is typed, over all providers together', () => {
    const own = [state('usd', 'month', '3.2')];
    const said = ['Your own limit leaves $3.20 this month; calls stop there.'];
    expect(typedCeilingLines({ own, data: [] }, [typed('5')])).toEqual(said);
    expect(typedCeilingLines({ own, data: [] }, [typed('2')])).toEqual([]);
    expect(typedCeilingLines({ own, data: [] }, [typed('2'), typed('2')])).toEqual(said);
  });

  it('say where the key that pays leaves less, and nothing of another key', () => {
    const data = [key(state('usd', 'month', '20'))];
    expect(typedCeilingLines({ own: [], data }, [typed('1', 'daily_spend')])).toEqual([
      'The limit of your key main leaves $20.00 this month; calls stop there.',
    ]);
    expect(typedCeilingLines({ own: [], data }, [typed('1', 'daily_spend', 'key_2')])).toEqual([]);
  });

  it('say that one is used up as the consent page does, and nothing of the others then', () => {
    const own = [state('usd', 'month', '0'), state('usd', 'total', '3')];
    expect(typedCeilingLines({ own, data: [] }, [typed('5')])).toEqual([
      'Your own limit is used up for this month: calls are refused until it starts again.',
    ]);
  });

  it('are silent on kinds of limits that only a newer broker knows', () => {
    const own = [{ ...state('usd', 'month', '0'), per: 'year' as 'month' }];
    expect(typedCeilingLines({ own, data: [] }, [typed('5')])).toEqual([]);
  });

  it('speak of requests where nothing that is typed limits them, and of no minute', () => {
    const own = [state('requests', 'day', 480), state('requests', 'minute', 60)];
    expect(typedCeilingLines({ own, data: [] }, [typed('5')])).toEqual([
      'Your own limit leaves 480 requests today; calls stop there.',
    ]);
    expect(typedCeilingLines({ own, data: [] }, [typed('400', 'requests_per_day')])).toEqual([]);
  });
});
