// What is said of ceilings above a grant that leave less than is to be allowed, in each language.

import type { Language, Translated } from '../access/language.ts';
import type { Limit, LimitUnit } from './limit.ts';
import { formatUsd } from './money.ts';

type Names = Readonly<Record<Exclude<LimitUnit, 'usd'>, readonly [one: string, other: string]>>;

/** `$5.00`, `1 request`, `1,200 tokens`. */
const counted = ({ unit, amount }: Limit, names: Names): string =>
  unit === 'usd' ? formatUsd(amount) : `${amount.toLocaleString('en')} ${names[unit][amount === 1 ? 0 : 1]}`;

const en = {
  own: 'Your own limit',
  key: (key: string) => `The limit of your key ${key}`,
  left: (whose: string, limit: Limit) => {
    const what = counted(limit, { requests: ['request', 'requests'], tokens: ['token', 'tokens'] });
    const period = { month: 'this month', week: 'this week', day: 'today', total: 'in total', minute: '' };
    return `${whose} leaves ${what} ${period[limit.per]}; calls stop there.`;
  },
  usedUp: (whose: string, { per }: Limit) => {
    const period = {
      month: 'for this month',
      week: 'for this week',
      day: 'for today',
      total: '',
      minute: '',
    };
    const until = per === 'total' ? 'is raised' : 'starts again';
    return `${whose} is used up ${period[per]}: calls are refused until it ${until}.`.replace(' :', ':');
  },
};

const de: Translated<typeof en> = {
  own: 'Ihr eigenes Limit',
  key: (key) => `Das Limit Ihres Schlüssels ${key}`,
  left: (whose, limit) => {
    const what = counted(limit, { requests: ['Anfrage', 'Anfragen'], tokens: ['Token', 'Token'] });
    const period = {
      month: 'diesen Monat',
      week: 'diese Woche',
      day: 'heute',
      total: 'insgesamt',
      minute: '',
    };
    return `${whose} lässt ${period[limit.per]} noch ${what} zu; danach werden Aufrufe abgelehnt.`;
  },
  usedUp: (whose, { per }) => {
    const period = {
      month: 'für diesen Monat',
      week: 'für diese Woche',
      day: 'für heute',
      total: 'ganz',
      minute: '',
    };
    const until = per === 'total' ? 'angehoben wird' : 'neu beginnt';
    return `${whose} ist ${period[per]} aufgebraucht: Aufrufe werden abgelehnt, bis es ${until}.`;
  },
};

const ja: Translated<typeof en> = {
  own: 'あなた自身の上限',
  key: (key) => `キー ${key} の上限`,
  left: (whose, limit) => {
    const what = counted(limit, {
      requests: ['リクエスト', 'リクエスト'],
      tokens: ['トークン', 'トークン'],
    });
    const period = { month: '今月あと', week: '今週あと', day: '今日あと', total: '合計であと', minute: '' };
    return `${whose}の残りは、${period[limit.per]} ${what} です。呼び出しはそこで止まります。`;
  },
  usedUp: (whose, { per }) => {
    const period = { month: '今月分の', week: '今週分の', day: '今日の', total: '', minute: '' }[per];
    const until = per === 'total' ? '引き上げられる' : '次の期間になる';
    return `${period}${whose}は使い切られています。${until}まで呼び出しは拒否されます。`;
  },
};

/** What is said of ceilings, in one language. */
export type CeilingMessages = Translated<typeof en>;

/** The words for each language. */
export const ceilingMessages: Readonly<Record<Language, CeilingMessages>> = { en, de, ja };
