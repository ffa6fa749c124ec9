// Grants that come and go while calls run: the owner makes one of a few cents, its holder delegates, both are used, then the owner revokes it.
// From the moment at which that is acknowledged nothing that is sent for either may be forwarded.

import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../sim/random.ts';
import type { Holder } from './holders.ts';
import type { EnduranceHouse } from './house.ts';

const LIVES_MS = 5000;
/** So long a revoked grant is still asked for. */
const HAUNTS_MS = 10_000;
const DETAILS = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'] };

/** See the top of this file. */
export class Passing {
  /** Whose tokens callers may use, also those that are over. */
  readonly holders: Holder[] = [];
  readonly figures = { made: 0, delegated: 0, revoked: 0, failed: 0 };
  readonly #house: EnduranceHouse;
  readonly #random: Random;
  readonly #over = new Set<string>();
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(house: EnduranceHouse, random: Random) {
    this.#house = house;
    this.#random = random;
  }

  /** Whether the end of this grant was acknowledged. */
  isOver(grantId: string): boolean {
    return this.#over.has(grantId);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      // In a fault the API refuses, and the next round tries again.
      await this.#live().catch(() => {
        this.figures.failed += 1;
      });
      await delay(500);
    }
  }

  async #live(): Promise<void> {
    const { api } = this.#house;
    const limits = { total_spend: (5 + this.#random.upTo(20)) / 10_000 };
    const asked = [{ ...DETAILS, limits, delegation: { max_depth: 1 } }];
    const made = await api('POST', '/grants', { name: 'Passing', authorization_details: asked });
    if (made.status !== 201) throw new Error('not made');
    this.figures.made += 1;
    const top: Holder = { name: 'passing', grantId: made.body.id, token: made.body.token, providerKey: null };
    const child = await this.#delegate(top.token).catch(() => null);
    const both = child ? [top, child] : [top];
    this.holders.push(...both);
    await delay(LIVES_MS);
    while (!this.isOver(top.grantId)) await this.#revoke(both).catch(() => delay(500));
    const forget = () => {
      for (const holder of both) this.holders.splice(this.holders.indexOf(holder), 1);
    };
    setTimeout(forget, HAUNTS_MS).unref();
  }

  async #delegate(token: string): Promise<Holder | null> {
    const asked = [{ ...DETAILS, limits: { total_spend: 0.0003 } }];
    const response = await fetch(
      `${this.#random.pick(this.#house.members).replica.url}/grants/self/children`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'worker', authorization_details: asked }),
      },
    );
    if (response.status !== 201) return null;
    const body = (await response.json()) as { grant_id: string; token: string };
    this.figures.delegated += 1;
    return { name: 'passing', grantId: body.grant_id, token: body.token, providerKey: null };
  }

  async #revoke(both: readonly Holder[]): Promise<void> {
    const { status } = await this.#house.api('POST', `/grants/${both[0]!.grantId}/revoke`);
    if (status !== 200) throw new Error('not revoked');
    this.figures.revoked += 1;
    for (const { grantId } of both) this.#over.add(grantId);
  }
}
