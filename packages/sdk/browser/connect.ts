// Connecting from a page: in a window of its own or by leaving the page, with tokens that are bound to a key which never leaves the browser. The page
// needs no server.

import { type AppOptions, type Asked, ONE, type ValetkeyApp, valetkeyApp } from '../src/connect/app.ts';
import type { Connection } from '../src/connect/connection.ts';
import { originOf } from '../src/connect/discover.ts';
import { keptIn } from '../src/connect/store.ts';
import { ownError } from '../src/valetkey-error.ts';
import { answerHere, cleanAddress, handOver, waitForAnswer } from './answer-channel.ts';
import { indexedDbStore } from './indexed-db-store.ts';

/** Who the app is. */
export interface PageOptions extends Omit<AppOptions, 'auth' | 'store'> {
  /** Whose connection it is. Default: there is one for all pages of the origin. */
  readonly name?: string;
}

/** What is asked, and how. */
export interface ConnectOptions extends PageOptions, Asked {
  /** `popup` needs to be called within a click, and keeps the page; `redirect` leaves it. Default: `popup`. */
  readonly mode?: 'popup' | 'redirect';
  /** Ends the waiting: a window that was closed can not be told from one in which the person still reads. */
  readonly signal?: AbortSignal;
}

const WINDOW = 'popup,width=520,height=760';

const appOf = (options: PageOptions): ValetkeyApp =>
  valetkeyApp({
    redirectUri: location.origin + location.pathname,
    ...options,
    store: indexedDbStore(),
  });

/**
 * Asks the person for a part of their AI account. Where `redirectUri` is not named, they come back to this page, which calls `restore`.
 *
 * Rejects with a `ValetkeyError`, such as `popup_blocked`, `popup_closed` or `access_denied`; with the signal's reason when it aborts. With `mode: 'redirect'`
 * the page is left, and what comes of it is told by `restore` on the page that is come back to.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  if (!globalThis.window) throw new TypeError('connect() needs a page; a worker has restore().');
  const { mode = 'popup', name = ONE, signal } = options;
  const broker = originOf(options.broker);
  // Before anything is waited for: a browser opens a window within a click alone.
  const popup = mode === 'popup' ? openWindow() : null;
  const app = appOf(options);
  try {
    const { url, state } = await app.start({ ...options, broker });
    signal?.throwIfAborted();
    if (popup === null) return await leaveFor(url, state);
    if (popup.closed) throw ownError('popup_closed', 'The window was closed.');
    const finished = waitForAnswer(state, (answer) => app.finish({ url: answer, name }), signal);
    popup.location.replace(url);
    return await finished;
  } catch (thrown) {
    popup?.close();
    throw thrown;
  }
}

function openWindow(): Window {
  const popup = window.open('', '_blank', WINDOW);
  if (popup === null) throw ownError('popup_blocked', 'The browser did not open the window.');
  return popup;
}

/** In this tab: the request for which its page was left. No other window waits for that answer. */
const LEFT_FOR = 'valetkey:left-for';

function leaveFor(url: string, state: string): Promise<never> {
  sessionStorage.setItem(LEFT_FOR, state);
  location.assign(url);
  return new Promise(() => {});
}

/**
 * The connection there is; null for none. Call it when a page loads, also the one that people come back to: it takes the answer out of the
 * address, finishes connecting, and closes the window if that was opened for it.
 *
 * Rejects with a `ValetkeyError` where people came back with a refusal.
 */
export async function restore(options: PageOptions): Promise<Connection | null> {
  const { name = ONE } = options;
  const app = appOf(options);
  const answer = answerHere();
  // Another sign-in of the page may use the same members: only what was asked for here is taken.
  const pending = answer && (await keptIn(indexedDbStore()).pending.load(name));
  if (answer === null || pending?.state !== answer.state) return app.connection(name);
  cleanAddress();
  const isOwn = sessionStorage.getItem(LEFT_FOR) === answer.state;
  if (isOwn || !(await handOver(answer))) return app.finish({ url: answer.url, name });
  window.close();
  return app.connection(name);
}

/**
 * For a page of its own that people come back to (`redirectUri`): hands the answer to the page that waits, and closes the window. False where there is
 * no answer, or nobody waits for it; say on the page that it can be closed, browsers may keep it.
 */
export async function relay(): Promise<boolean> {
  const answer = answerHere();
  if (answer === null) return false;
  cleanAddress();
  const isTaken = await handOver(answer);
  if (isTaken) window.close();
  return isTaken;
}
