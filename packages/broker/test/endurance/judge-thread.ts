// The judge in a thread of its own, so that adding up tens of thousands of entries holds up neither callers nor the provider.

import { parentPort, Worker, workerData } from 'node:worker_threads';
import { JournalCopy, type Source } from './journal-copy.ts';
import { type Findings, Judge, type News } from './judge.ts';

interface Input {
  readonly source: Source;
  readonly keyOf: ReadonlyMap<string, string>;
}

type Reply = { readonly findings: Findings } | { readonly unread: string };

/** A judge elsewhere. */
export interface JudgeThread {
  /** As `Judge.poll`. */
  poll(news: News): Promise<Findings>;
  close(): Promise<unknown>;
}

/** Starts one; one poll at a time. */
export function startJudge(input: Input): JudgeThread {
  const worker = new Worker(new URL(import.meta.url), { workerData: input });
  return {
    poll: (news) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (reply: Reply) => {
          worker.off('error', reject);
          if ('findings' in reply) resolve(reply.findings);
          else reject(new Error(reply.unread));
        });
        worker.postMessage(news);
      }),
    close: () => worker.terminate(),
  };
}

if (parentPort && workerData?.keyOf) {
  const { source, keyOf } = workerData as Input;
  const judge = new Judge(new JournalCopy(source), keyOf);
  const port = parentPort;
  port.on('message', (news: News) => {
    judge.poll(news, performance.now() + performance.timeOrigin).then(
      (findings) => port.postMessage({ findings } satisfies Reply),
      (error: unknown) => port.postMessage({ unread: String(error) } satisfies Reply),
    );
  });
}
