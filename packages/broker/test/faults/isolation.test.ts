// A66: twenty owners (OWNERS by hand) share the pooled connections to one provider, which delays its answers and sends them in odd pieces. Nobody gets an
// answer that was made for another, and no request travels with another owner's key.

import { expect, it } from 'vitest';
import { chatOf, makeGrant, post, startGate } from './start-gate.ts';

const OWNERS = Number(process.env.OWNERS ?? 20);
const REQUESTS = 15;
/** The provider's id of a request, which stands in its answer. */
const ID = /chatcmpl-(req_openai_\d+)/g;

it('A66 no owner meets a marker or a key of another', async () => {
  const gate = await startGate();
  const owners = await Promise.all(
    Array.from({ length: OWNERS }, async (_, index) => {
      const granted = await makeGrant(gate, { monthly_spend: 5 }, { ownerId: `own_${index}` });
      return { ...granted, marker: `<${granted.id}>` };
    }),
  );
  for (let rule = 0; rule < OWNERS * REQUESTS; rule += 1)
    gate.simulator.script({ gapMs: rule % 4, writeBytes: 50 + (rule % 7) * 31 });
  const asked = Array.from({ length: REQUESTS }, (_, round) =>
    owners.map(async (owner, index) => {
      const fields = { stream: (round + index) % 2 === 0 };
      return { owner, answer: await post(gate.url, owner.token, chatOf(`${owner.marker} ${round}`, fields)) };
    }),
  );
  const answers = await Promise.all(asked.flat());
  const requests = new Map(gate.simulator.requests.map((request) => [request.id, request]));
  expect(requests.size).toBe(OWNERS * REQUESTS);
  for (const { owner, answer } of answers) {
    const ids = new Set([...answer.text.matchAll(ID)].map(([, id]) => id ?? ''));
    expect([answer.status, ids.size]).toEqual([200, 1]);
    const request = requests.get([...ids][0] ?? '');
    expect(request?.key?.value).toBe(owner.providerKey);
    expect(request?.body.toString()).toContain(owner.marker);
  }
  // Far fewer connections than requests: they were shared.
  expect(gate.simulator.counters().connections).toBeLessThan(OWNERS * REQUESTS);
  await gate.close();
}, 120_000);
