// Mixed traffic at a steady rate: plain chats and streams of several owners, callers that leave, requests that are sent twice under one
// idempotency key, children, tokens bound to a key. What each caller was told is kept, to be held against the journal and the bill.

import { type Answer, chatOf, post } from '../faults/start-gate.ts';
import type { Random } from '../sim/random.ts';
import type { BoundApp } from './bound-app.ts';
import type { Holder } from './holders.ts';
import type { EnduranceHouse } from './house.ts';
import type { Member } from './member.ts';
import type { Passing } from './passing.ts';

/** What a caller was told of one request, for the auditor. */
export interface Told {
  /** Its text, unlike any other: `grant/number`. */
  readonly text: string;
  /** The HTTP status; `left` by the caller, `broken` off, or `lost`: neither an answer nor an error in time. */
  readonly status: number | 'left' | 'broken' | 'lost';
  readonly code: string | null;
  readonly isWhole: boolean;
  /** Sent with a token whose end had been acknowledged before. */
  readonly isLate: boolean;
  /** Whether it was sent more than once. */
  readonly isRepeated: boolean;
  /** Whether its process was ended or frozen while it ran. */
  readonly isDisturbed: boolean;
  /** The provider's ids that the answer shows. */
  readonly answerIds: readonly string[];
}

/** Who else there is besides the holders that the house begins with. */
export interface Guests {
  readonly bound: BoundApp;
  readonly passing: Passing;
}

const TICK_MS = 25;
const MOST_AT_ONCE = 400;
const LOST_AFTER_MS = 75_000;
/** So long after everything is well a fault may still be felt: connections that broke, outcomes that waited. */
const AFTERMATH_MS = 1000;
const KINDS = { ample: 40, child: 25, limited: 8, bound: 10, passing: 12 };
const WAYS = { plain: 50, stream: 25, leaving: 10, keyed: 15 };
const ANSWER_ID = /chatcmpl-(req_openai_\d+)/g;

/** One request, as it is sent. */
interface Ask {
  readonly text: string;
  readonly body: object;
  readonly member: Member;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
  readonly leaveAfterMs: number | null;
  readonly isLate: boolean;
}

/** See the top of this file. */
export class Traffic {
  readonly figures = { offered: 0, notOffered: 0, longestMs: 0 };
  /** Since when nothing has been wrong; null in a fault, and until all have recovered from it. */
  calmSinceMs: number | null = 0;
  /** What those were told who asked and got their answer while nothing was wrong. */
  readonly toldInCalm = new Map<string, number>();
  /** How long whole answers that are no streams took. */
  readonly answerMs: number[] = [];
  readonly told = new Map<string, number>();
  readonly #house: EnduranceHouse;
  readonly #guests: Guests;
  readonly #random: Random;
  readonly #running = new Set<Promise<void>>();
  readonly #tell: (told: Told) => void;
  #timer: NodeJS.Timeout | null = null;
  #due = 0;

  constructor(house: EnduranceHouse, guests: Guests, random: Random, tell: (told: Told) => void) {
    this.#house = house;
    this.#guests = guests;
    this.#random = random;
    this.#tell = tell;
  }

  start(requestsPerSecond: number): void {
    this.#timer = setInterval(() => {
      this.#due += (requestsPerSecond * TICK_MS) / 1000;
      for (; this.#due >= 1; this.#due -= 1) this.#offer();
    }, TICK_MS);
  }

  /** Takes no new requests and resolves when each has its answer. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #offer(): void {
    if (this.#running.size >= MOST_AT_ONCE) {
      this.figures.notOffered += 1;
      return;
    }
    const running: Promise<void> = this.#call().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** What is due, drawn at once so that a seed draws the same whatever the answers are. */
  async #call(): Promise<void> {
    const random = this.#random;
    const [kind, way] = [random.weighted(KINDS), random.weighted(WAYS)];
    const member = random.pick(this.#house.members);
    const [maxTokens, leaveMs, again] = [5 + random.upTo(60), 1 + random.upTo(120), random.chance(0.5)];
    const holder = kind === 'bound' ? null : this.#pick(kind);
    const seq = String(this.figures.offered++).padStart(7, '0');
    const text = `${holder?.grantId ?? this.#guests.bound.grantId}/${seq}`;
    const ask: Ask = {
      text,
      body: chatOf(text, { max_tokens: maxTokens, ...(way === 'stream' && { stream: true }) }),
      member,
      token: holder?.token ?? '',
      headers: {
        ...(holder === null && (await this.#guests.bound.headers())),
        ...(way === 'keyed' && { 'idempotency-key': text }),
      },
      leaveAfterMs: way === 'leaving' ? leaveMs : null,
      isLate: holder !== null && this.#guests.passing.isOver(holder.grantId),
    };
    const repeats = way === 'keyed' && holder !== null && again;
    await this.#send(ask, repeats, way === 'plain');
    if (repeats) await this.#send({ ...ask, member: random.pick(this.#house.members) }, true);
  }

  #pick(kind: Holder['name']): Holder {
    const { passing } = this.#guests;
    if (kind === 'passing' && passing.holders.length > 0) return this.#random.pick(passing.holders);
    return this.#random.pick(this.#house.holders.filter(({ name }) => name === kind || kind === 'passing'));
  }

  async #send(ask: Ask, isRepeated: boolean, isTimed = false): Promise<void> {
    const { member, leaveAfterMs, text, isLate } = ask;
    const startedAtMs = performance.now();
    const isDisturbedAtStart = member.isDisturbed;
    const calmSinceMs = this.calmSinceMs;
    const signal = AbortSignal.timeout(leaveAfterMs ?? LOST_AFTER_MS);
    const answer = await post(member.replica.url, ask.token, ask.body, undefined, signal, ask.headers).catch(
      () => null,
    );
    const tookMs = performance.now() - startedAtMs;
    const gaveUp = leaveAfterMs === null ? 'lost' : 'left';
    const status = signal.aborted ? gaveUp : (answer?.status ?? 'broken');
    if (leaveAfterMs === null) this.figures.longestMs = Math.max(this.figures.longestMs, tookMs);
    if (isTimed && status === 200) this.answerMs.push(tookMs);
    const told: Told = {
      text,
      status,
      code: answer?.code ?? null,
      isWhole: answer?.isWhole ?? false,
      isLate,
      isRepeated,
      isDisturbed: isDisturbedAtStart || member.isDisturbed || member.disturbedAtMs >= startedAtMs,
      answerIds: [...new Set([...(answer?.text ?? '').matchAll(ANSWER_ID)].map(([, id]) => id!))],
    };
    const name = nameOf(told, answer);
    count(this.told, name);
    const isCalm = calmSinceMs !== null && calmSinceMs === this.calmSinceMs;
    if (isCalm && startedAtMs - calmSinceMs > AFTERMATH_MS) count(this.toldInCalm, name);
    this.#tell(told);
  }
}

const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

/** How figures call it. */
const nameOf = ({ status, code, isWhole }: Told, answer: Answer | null): string => {
  if (status === 200 && answer?.headers['idempotency-replayed']) return '200 again';
  if (status === 200) return isWhole ? '200' : '200 cut off';
  return code === null ? String(status) : `${status} ${code}`;
};
