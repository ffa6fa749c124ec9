// Reads a line at the terminal, with echo or without. Without, echo MUST be off before the prompt appears: what is pasted at once would show
// otherwise.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

type Input = NodeJS.ReadableStream;
type Output = NodeJS.WritableStream;

/** The line without its end, or null when interrupted or closed. `input` is a terminal; only the prompt is written to `output`. */
export async function readHidden(input: Input, output: Output, prompt: string): Promise<string | null> {
  // What would be echoed goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const typed = await readTyped(input, nowhere, () => output.write(prompt));
  output.write('\n');
  return typed;
}

/** As `readHidden`, but what is typed shows. */
export const readLine = (input: Input, output: Output, prompt: string): Promise<string | null> =>
  readTyped(input, output, (lines) => {
    lines.setPrompt(prompt);
    lines.prompt();
  });

async function readTyped(
  input: Input,
  output: Output,
  ask: (lines: ReturnType<typeof createInterface>) => void,
): Promise<string | null> {
  // Creating it turns raw mode on; readline handles the keys.
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  const answer = new Promise<string | null>((resolve) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => resolve(null));
    lines.once('close', () => resolve(null));
  });
  ask(lines);
  const typed = await answer;
  lines.close();
  return typed;
}
