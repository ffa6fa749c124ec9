// How long Activity takes to answer a person whose journal is long: from a click on a filter, the next page or a row until the new rows are
// painted, in a real browser in front of the whole house on SQLite. Stops by itself. `node bench/activity-page.ts [calls]`

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { call } from '../packages/broker/test/browser/grants.ts';
import { openPage, whenLoaded } from '../packages/broker/test/browser/open-page.ts';
import { openSignedIn } from '../packages/broker/test/browser/sign-in.ts';
import { type House, startHouse } from '../packages/broker/test/house/start-house.ts';
import provideChromium, { launchChromium } from '../packages/testkit/src/browser/chromium.ts';

type Page = Awaited<ReturnType<typeof openPage>>;
type DevTools = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>;

const CALLS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 7;
const DAY_MS = 86_400_000;
const MODELS = ['gpt-4o', 'gpt-4o-mini'];

/** Calls of the last thirty days, put there as they would lie, without a gate. */
const fill = (house: House, grantId: string): void => {
  const db = new DatabaseSync(join(house.dataDir, 'valetkey.sqlite'), { timeout: 30_000 });
  const head = db.prepare('select owner_id, max(seq) as seq from journal where grant_id = ?').get(grantId);
  const [ownerId, firstSeq] = [String(head?.owner_id), 1_000_000];
  const insert =
    db.prepare(`insert into journal (owner_id, seq, at, kind, call_id, grant_id, link_id, held_nanos, settled_nanos,
    held_tokens, settled_tokens, held_requests, settled_requests, body, hash) values (?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, ?, ?, '')`);
  const beganMs = Date.now();
  db.exec('begin immediate');
  for (let call = 0; call < CALLS; call += 1) {
    const atMs = beganMs - Math.round(((CALLS - call) / CALLS) * 30 * DAY_MS);
    const model = MODELS[call % 10 === 0 ? 0 : 1];
    const intent = { request_id: `req_${call}`, provider: 'openai', operation: 'openai.chat', model };
    const outcome = { status: 200, usage: { input_tokens: 700, output_tokens: 90 }, duration_ms: 420 };
    const put = (kind: string, nanos: number, body: object, seq: number) =>
      insert.run(
        ...[ownerId, firstSeq + seq, atMs, kind, `bench_${call}`, grantId, `${grantId}.openai`],
        ...[nanos, nanos > 0 ? 1 : 0, JSON.stringify(body)],
      );
    put('call.admitted', 0, intent, 2 * call);
    put(call % 500 === 0 ? 'call.ceiling' : 'call.settled', 1_500_000, outcome, 2 * call + 1);
  }
  db.exec('commit');
  db.close();
};

/** In the page: from now until what `isDone` looks for is there and painted. */
const untilPainted = (page: Page, act: string, isDone: string): Promise<{ total: number; server: number }> =>
  page.evaluate(
    `new Promise((resolve, reject) => {
      const rows = () => document.querySelectorAll('main tbody tr');
      const before = rows()[0];
      const count = rows().length;
      performance.clearResourceTimings();
      const beganAt = performance.now();
      const stop = setTimeout(() => reject(new Error('nothing came')), 20000);
      const look = () => {
        if (!(${isDone})) return requestAnimationFrame(look);
        // Two frames later it is on the screen.
        requestAnimationFrame(() => requestAnimationFrame(() => {
          clearTimeout(stop);
          const asked = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/v1/calls'));
          resolve({ total: performance.now() - beganAt, server: Math.max(0, ...asked.map(({ responseEnd, requestStart }) => responseEnd - requestStart)) });
        }));
      };
      (${act});
      look();
    })`,
  );

const select = (label: string, option: string): string => `(() => {
  const field = [...document.querySelectorAll('label')].find((each) => each.textContent === '${label}').control;
  const wanted = [...field.options].find((each) => each.textContent === '${option}');
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(field, wanted.value);
  field.dispatchEvent(new Event('change', { bubbles: true }));
})()`;
const press = (text: string): string =>
  `[...document.querySelectorAll('main a, main button')].find((each) => each.textContent === '${text}').click()`;
const isSettled = `!document.querySelector('main [aria-busy=true]')`;
const isNew = `rows().length > 0 && ${isSettled}`;

/** What a person does, what it takes to be done, and where it begins. */
const ACTIONS: readonly (readonly [name: string, act: string, isDone: string, from?: string])[] = [
  ['model', select('Model', 'gpt-4o'), `location.search.includes('gpt-4o') && ${isNew}`],
  ['status', select('Status', 'Posted at ceiling'), `location.search.includes('ceiling') && ${isNew}`],
  ['this month', press('This month'), `location.search.includes('from=') && ${isNew}`],
  ['last 7 days', press('Last 7 days'), `location.search.includes('from=') && ${isNew}`],
  ['clear filters', press('Clear filters'), `location.search === '' && ${isNew}`, '?status=ceiling'],
  ['next page', press('Show older calls'), 'rows().length > count'],
  [
    'a row',
    press('How it was allowed'),
    `document.querySelector('h1')?.textContent.startsWith('How this call') && !document.querySelector('main .placeholder')`,
    '?grant_id=REAL',
  ],
];

/** How long the page's thread has worked, in milliseconds of its own: other programs do not count. */
const worked = async (tools: DevTools): Promise<number> => {
  const { metrics } = await tools.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
};

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

await provideChromium();
const [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
const page = await openPage(browser);
await openSignedIn(page, `${house.url}/settings`);
const details = { provider: 'openai', models: MODELS, capabilities: ['chat'], limits: { monthly_spend: 9 } };
// How a call was allowed can only be told of one that really was.
const real = await house.grant(details);
await call(house, real.token);
fill(house, (await house.grant(details)).id);
const tools = await page.context().newCDPSession(page);
await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
for (const [name, act, isDone, from = ''] of ACTIONS) {
  const times: { total: number; server: number; work: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto(`${house.url}/activity${from.replace('REAL', real.id)}`);
    await whenLoaded(page);
    await page.locator('main tbody tr').first().waitFor();
    const before = await worked(tools);
    const painted = await untilPainted(page, act, isDone);
    times.push({ ...painted, work: (await worked(tools)) - before });
  }
  const half = (pick: (time: (typeof times)[number]) => number) => median(times.map(pick)).toFixed(0);
  const worst = Math.max(...times.map(({ total }) => total)).toFixed(0);
  const figures = [
    `${half(({ total }) => total)} ms until painted`,
    `${worst} ms at most`,
    `${half(({ server }) => server)} ms for the answer`,
    `${half(({ work }) => work)} ms of work in the page`,
  ];
  process.stdout.write(`${[name, ...figures].join('\t')}\n`);
}
await browser.close();
await house.close();
