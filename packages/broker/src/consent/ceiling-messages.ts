// What is said of ceilings above a grant that leave less than is to be allowed, in each language.

import { formatUsd, type Limit, type Translated } from '@valetkey/core';
import { words } from '../language.ts';

const en = {
  own: 'Your own limit',
  key: (key: string) => `The limit of your key ${key}`,
  left: (whose: string, { unit, per, amount }: Limit) => {
    const what = { usd: formatUsd(amount), requests: `${amount} requests`, tokens: `${amount} tokens` }[unit];
    const period = { month: 'this month', week: 'this week', day: 'today', total: 'in total', minute: '' }[
      per
    ];
    return `${whose} leaves ${what} ${period}; calls stop there.`;
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
  left: (whose, { unit, per, amount }) => {
    const what = { usd: formatUsd(amount), requests: `${amount} Anfragen`, tokens: `${amount} Token` }[unit];
    const period = {
      month: 'diesen Monat',
      week: 'diese Woche',
      day: 'heute',
      total: 'insgesamt',
      minute: '',
    };
    return `${whose} lässt ${period[per]} noch ${what} zu; dort enden die Aufrufe.`;
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
  left: (whose, { unit, per, amount }) => {
    const what = { usd: formatUsd(amount), requests: `${amount} リクエスト`, tokens: `${amount} トークン` }[
      unit
    ];
    const period = { month: '今月あと', week: '今週あと', day: '今日あと', total: '合計であと', minute: '' };
    return `${whose}の残りは、${period[per]} ${what} です。呼び出しはそこで止まります。`;
  },
  usedUp: (whose, { per }) => {
    const period = { month: '今月分の', week: '今週分の', day: '今日の', total: '', minute: '' }[per];
    const until = per === 'total' ? '引き上げられる' : '次の期間になる';
    return `${period}${whose}は使い切られています。${until}まで呼び出しは拒否されます。`;
  },
};

/** The words. */
export const ceilingMessages = words({ en, de, ja });
