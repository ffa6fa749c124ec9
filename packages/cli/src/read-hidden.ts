// Reads a line at the terminal without echo. Echo MUST be off before the prompt appears: what is pasted at once would show otherwise.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** The line without its end, or null when interrupted or closed. `input` is a terminal; the prompt is written to `output`. */
export async function readHidden(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  prompt: string,
): Promise<string | null> {
  // Creating it turns raw mode on; readline handles the keys, and what it would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const answer = new Promise<string | null>((resolve) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => resolve(null));
    lines.once('close', () => resolve(null));
  });
  output.write(prompt);
  const typed = await answer;
  lines.close();
  output.write('\n');
  return typed;
}
