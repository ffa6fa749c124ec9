// One call of a program to the gate, as plain HTTP: what most tests of a house begin with.

/** A request whose answer the simulated provider knows. */
export const HELLO = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'hello' }],
  max_tokens: 10,
};

/** Sends `HELLO`, with this of it changed. */
export const sendChat = (
  url: string,
  token: string,
  change: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...HELLO, ...change }),
  });

/** The status of the answer to it, which is read to its end. */
export const chatStatus = async (...call: Parameters<typeof sendChat>): Promise<number> => {
  const response = await sendChat(...call);
  await response.text();
  return response.status;
};
