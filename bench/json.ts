// What the strict parse costs beside the native one, for bodies as they come: `node bench/json.ts`. Prints the median of nine rounds.

import { parseJson } from '../packages/broker/src/gateway/json/parse-json.ts';

const chat = (characters: number, text: string) => ({
  model: 'gpt-5-mini',
  messages: [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: text.repeat(Math.ceil(characters / text.length)).slice(0, characters) },
  ],
  temperature: 0.7,
  max_tokens: 256,
  stream: true,
  stream_options: { include_usage: true },
});

const tools = {
  ...chat(500, 'What is the weather? '),
  tools: Array.from({ length: 200 }, (_, index) => ({
    type: 'function',
    function: {
      name: `tool_${index}`,
      description: 'Looks something up for the caller and says what it found, in "plain" words.\n',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string' }, limit: { type: 'integer', minimum: 1 } },
      },
    },
  })),
};

const BODIES: readonly (readonly [string, unknown])[] = [
  ['1 KB chat', chat(800, 'The quick brown fox jumps over the lazy dog. ')],
  ['1 KB chat, non-ASCII', chat(500, 'Привет, мир, ')],
  ['100 KB prompt', chat(100_000, 'The quick brown fox jumps over the lazy dog. ')],
  ['100 KB prompt of code', chat(100_000, 'if (a["b"] !== "\\n") {\n\treturn "x";\n}\n')],
  ['50 KB of tools', tools],
  ['5 MB image', chat(5_000_000, 'iVBORw0KGgoAAAANSUhEUgAAAAE')],
];

/** Microseconds a call, the median of nine rounds of at least 30 ms. */
function microseconds(run: () => unknown): number {
  const rounds = Array.from({ length: 9 }, () => {
    const start = performance.now();
    let calls = 0;
    do {
      run();
      calls++;
    } while (performance.now() - start < 30);
    return ((performance.now() - start) * 1000) / calls;
  });
  return rounds.sort((a, b) => a - b)[4] ?? 0;
}

console.log('body                     bytes   JSON.parse us   parseJson us   difference us   ratio');
for (const [name, value] of BODIES) {
  const bytes = Buffer.from(JSON.stringify(value));
  const native = microseconds(() => JSON.parse(bytes.toString('utf8')));
  const strict = microseconds(() => parseJson(bytes));
  const columns = [
    bytes.length,
    native.toFixed(2),
    strict.toFixed(2),
    (strict - native).toFixed(2),
    (strict / native).toFixed(2),
  ];
  console.log(name.padEnd(22), ...columns.map((column) => String(column).padStart(13)));
}
