// Where an owner is signed in: browsers and command lines, to be seen and ended one by one. Of a session only its id is told, never its token.

import type { Sessions, SignInMethod } from './contract.ts';
import { describeAgent } from './describe-agent.ts';
import type { SignInLibrary } from './sign-in-library.ts';

interface StoredSession {
  readonly id: string;
  readonly token: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  readonly method?: string | null;
}

const USE_RESOLUTION_MS = 60_000;

/** The sessions of the sign-in library. */
export class LibrarySessions implements Sessions {
  readonly #library: SignInLibrary;
  readonly #now: () => number;
  readonly #usedAtMs = new Map<string, number>();

  constructor(library: SignInLibrary, now: () => number) {
    this.#library = library;
    this.#now = now;
  }

  async list(ownerId: string): ReturnType<Sessions['list']> {
    const stored = await this.#read(ownerId);
    return stored
      .filter(({ expiresAt }) => expiresAt.getTime() > this.#now())
      .map(({ id, createdAt, updatedAt, ipAddress, userAgent, method }) => ({
        id,
        method: (method ?? 'password') as SignInMethod,
        program: describeAgent(userAgent),
        ipAddress: ipAddress || null,
        beganAtMs: createdAt.getTime(),
        usedAtMs: Math.max(updatedAt.getTime(), createdAt.getTime()),
      }))
      .toSorted((left, right) => right.usedAtMs - left.usedAtMs);
  }

  async end(ownerId: string, sessionId: string): Promise<boolean> {
    const found = (await this.#read(ownerId)).find(({ id }) => id === sessionId);
    if (found) await this.#end(found);
    return found !== undefined;
  }

  async endOthers(ownerId: string, sessionId: string): Promise<number> {
    const others = (await this.#read(ownerId)).filter(({ id }) => id !== sessionId);
    for (const other of others) await this.#end(other);
    return others.length;
  }

  /** For display only, so once a minute is enough and a failure costs nothing. */
  noteUse({ id, token }: Pick<StoredSession, 'id' | 'token'>): void {
    const nowMs = this.#now();
    if (nowMs - (this.#usedAtMs.get(id) ?? 0) < USE_RESOLUTION_MS) return;
    if (this.#usedAtMs.size > 10_000) this.#usedAtMs.clear();
    this.#usedAtMs.set(id, nowMs);
    this.#library.$context
      .then(({ internalAdapter }) => internalAdapter.updateSession(token, { updatedAt: new Date(nowMs) }))
      .catch(() => this.#usedAtMs.delete(id));
  }

  async #read(ownerId: string): Promise<readonly StoredSession[]> {
    const { adapter } = await this.#library.$context;
    return adapter.findMany<StoredSession>({
      model: 'session',
      where: [{ field: 'userId', value: ownerId }],
    });
  }

  /** Through the library, which journals it. */
  async #end({ token }: StoredSession): Promise<void> {
    await (await this.#library.$context).internalAdapter.deleteSession(token);
  }
}
