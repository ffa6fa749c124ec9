// Brings the answer from the window in which the person decided to the one that waits for it. The broker's pages cut every tie between
// windows (Cross-Origin-Opener-Policy), so both speak by a channel of the app's own origin, whose name nobody else knows.

/** How long a window with an answer looks for the one that waits, and how long for it to be done. */
const LOOK_MS = 2_000;
const FINISH_MS = 30_000;

const channelOf = (state: string): BroadcastChannel => new BroadcastChannel(`valetkey:${state}`);

/** Members of an answer in an address (RFC 6749 section 4.1.2, RFC 9207). */
const MEMBERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

/** The answer in the address of this page; null if there is none. */
export function answerHere(): { readonly url: string; readonly state: string } | null {
  const { searchParams } = new URL(location.href);
  const state = searchParams.get('state');
  const isAnswer = state !== null && (searchParams.has('code') || searchParams.has('error'));
  return isAnswer ? { url: location.href, state } : null;
}

/** Takes the answer out of the address bar and the history: a code MUST NOT stay where it is copied, bookmarked or sent as a referrer. */
export function cleanAddress(): void {
  const url = new URL(location.href);
  for (const member of MEMBERS) url.searchParams.delete(member);
  history.replaceState(history.state, '', url);
}

/** Waits for the answer with this state; `finish` is given its address. Rejects when `signal` aborts. */
export async function waitForAnswer<Result>(
  state: string,
  finish: (url: string) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const channel = channelOf(state);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      channel.onmessage = ({ data }) => {
        if (typeof data?.url === 'string') resolve(data.url);
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    channel.postMessage('taken');
    return await finish(url);
  } finally {
    channel.postMessage('done');
    channel.close();
  }
}

/** Hands the answer to the window that waits for it: true once that is done with it, false where no window waits. */
export async function handOver({
  url,
  state,
}: {
  readonly url: string;
  readonly state: string;
}): Promise<boolean> {
  const channel = channelOf(state);
  try {
    return await new Promise<boolean>((resolve) => {
      let timer = setTimeout(() => resolve(false), LOOK_MS);
      channel.onmessage = ({ data }) => {
        clearTimeout(timer);
        if (data === 'taken') timer = setTimeout(() => resolve(true), FINISH_MS);
        if (data === 'done') resolve(true);
      };
      channel.postMessage({ url });
    });
  } finally {
    channel.close();
  }
}
