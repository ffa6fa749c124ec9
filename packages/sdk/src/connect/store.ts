// What keeps connections between page loads, requests and starts, and the one way in which they are read and written. What is kept opens an
// account: whoever brings a store of their own MUST keep it from everybody else.

import { createSigningKey, importSigningKey, type PrivateJwk, type SigningKey } from '../jws.ts';
import type { BaseUrls } from '../valetkey.ts';
import { ownError } from '../valetkey-error.ts';

/** Keeps objects by name. Every method may be called at the same time as another. */
export interface ConnectionStore {
  /** What was saved under the name; null or undefined for nothing. */
  load(name: string): Promise<unknown>;
  /** Resolves when it is durable: a refresh token that was replaced works no more. */
  save(name: string, value: object): Promise<void>;
  remove(name: string): Promise<void>;
  /** Does the work while nobody else does any under this name. Without it this process takes turns, and other processes or tabs do not. */
  exclusively?<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Whether it keeps a `CryptoKey` as it is, so that no key ever has to be readable. Without it, values are plain JSON. */
  readonly keepsKeys?: boolean;
}

/** Keeps connections as long as the process lives. */
export function memoryStore(): ConnectionStore {
  const kept = new Map<string, object>();
  return {
    keepsKeys: true,
    load: async (name) => kept.get(name),
    save: async (name, value) => void kept.set(name, value),
    remove: async (name) => void kept.delete(name),
  };
}

/** What is kept of a request that waits for the person. */
export interface Pending {
  readonly issuer: string;
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly key: SigningKey | null;
}

/** What is kept of a connection. */
export interface SavedConnection {
  readonly issuer: string;
  readonly grantId: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Epoch milliseconds, by the clock of this machine. */
  readonly endsAtMs: number;
  /** Null where the broker could not be asked for them yet. */
  readonly baseUrls: BaseUrls | null;
  readonly key: SigningKey | null;
}

/** The requests and connections in a store. */
export interface Kept {
  readonly pending: Place<Pending>;
  readonly connections: Place<SavedConnection>;
  /** A key that this store can keep. */
  createKey(): Promise<SigningKey>;
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** Records of one kind. Rejects with `storage_failed` where the store does. */
export interface Place<Saved> {
  load(name: string): Promise<Saved | null>;
  save(name: string, value: Saved): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Reads and writes a store. */
export const keptIn = (store: ConnectionStore): Kept => ({
  pending: place(store, 'pending'),
  connections: place(store, 'connection'),
  createKey: () => createSigningKey({ extractable: !store.keepsKeys }),
  exclusively: (name, work) =>
    store.exclusively ? store.exclusively(`valetkey:${name}`, work) : afterOthers(store, name, work),
});

/** The last work of each name, for stores that can not keep others away. */
const lastOf = new WeakMap<ConnectionStore, Map<string, Promise<unknown>>>();

function afterOthers<Result>(
  store: ConnectionStore,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const last = lastOf.get(store) ?? new Map<string, Promise<unknown>>();
  lastOf.set(store, last);
  const own = (last.get(name) ?? Promise.resolve()).then(work, work);
  last.set(name, own);
  const clear = () => last.get(name) === own && last.delete(name);
  own.then(clear, clear);
  return own;
}

function place<Saved extends { readonly key: SigningKey | null }>(
  store: ConnectionStore,
  kind: string,
): Place<Saved> {
  const at = (name: string): string => `valetkey:${kind}:${name}`;
  return {
    load: async (name) => {
      const value = (await checked(store.load(at(name)))) as Saved | null | undefined;
      return value ? { ...value, key: await opened(value.key) } : null;
    },
    save: async (name, value) => {
      const key = value.key && !store.keepsKeys ? await readable(value.key) : value.key;
      await checked(store.save(at(name), { ...value, key }));
    },
    remove: (name) => checked(store.remove(at(name))),
  };
}

const checked = <Value>(promise: Promise<Value>): Promise<Value> =>
  promise.catch((cause: unknown) => {
    throw ownError('storage_failed', 'The connection could not be read or kept.', cause);
  });

const readable = (key: SigningKey): Promise<PrivateJwk> => crypto.subtle.exportKey('jwk', key.privateKey);

const opened = async (key: SigningKey | PrivateJwk | null): Promise<SigningKey | null> =>
  key === null || 'privateKey' in key ? key : importSigningKey(key);
