// Keeps connections in the browser, for all tabs of the app's origin. Keys are kept as objects that can sign and can not be read out, not even
// by a script that should not run there.

import type { ConnectionStore } from '../src/connect/store.ts';

const DATABASE = 'valetkey';
const OBJECTS = 'connections';

/** A store in IndexedDB. Tabs take turns by Web Locks where the browser has them. */
export const indexedDbStore = (): ConnectionStore => ({
  keepsKeys: true,
  load: (name) => inObjects('readonly', (objects) => objects.get(name)),
  save: async (name, value) => void (await inObjects('readwrite', (objects) => objects.put(value, name))),
  remove: (name) => inObjects('readwrite', (objects) => objects.delete(name)),
  ...('locks' in navigator && {
    exclusively: async <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
      navigator.locks.request(name, work),
  }),
});

/** What a request came to, once it is durable. */
async function inObjects<Value>(
  mode: IDBTransactionMode,
  ask: (objects: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(OBJECTS, mode, { durability: 'strict' });
      const request = ask(transaction.objectStore(OBJECTS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OBJECTS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
