// Stands in for programs that the documents start and that are not ours, such as `claude`, and for scripts of the reader: it makes one call
// with what its environment says, and ends with 1 if that is refused.

const { env } = process;
const MESSAGES = [{ role: 'user', content: 'Say hello' }];

/** Address, token and body of a call, by the variables that are set. */
const call = (): readonly [url: string, token: string | undefined, body: object] => {
  if (env.ANTHROPIC_BASE_URL) {
    const body = { model: 'claude-sonnet-4-6', max_tokens: 20, messages: MESSAGES };
    return [`${env.ANTHROPIC_BASE_URL}/v1/messages`, env.ANTHROPIC_AUTH_TOKEN ?? env.ANTHROPIC_API_KEY, body];
  }
  if (env.GOOGLE_GEMINI_BASE_URL) {
    const url = `${env.GOOGLE_GEMINI_BASE_URL}/v1beta/models/gemini-2.5-flash:generateContent`;
    return [url, env.GEMINI_API_KEY, { contents: [{ role: 'user', parts: [{ text: 'Say hello' }] }] }];
  }
  const base = env.OPENAI_BASE_URL ?? env.OPENAI_API_BASE ?? `${env.BROKER}/openai/v1`;
  const body = { model: 'gpt-4o-mini', max_tokens: 20, messages: MESSAGES };
  return [`${base}/chat/completions`, env.OPENAI_API_KEY ?? env.VALETKEY_TOKEN, body];
};

const [url, token, body] = call();
const response = await fetch(url, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
  },
  body: JSON.stringify(body),
});
process.stdout.write(await response.text());
process.exitCode = response.ok ? 0 : 1;
