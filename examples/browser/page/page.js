// The whole app: a button that connects the person's AI, and the official OpenAI client that uses it. Everything happens in the browser.

import OpenAI from '/openai/index.mjs';
import '/sdk/browser/element.js';

const ask = document.querySelector('#ask');
const answer = document.querySelector('#answer');
const { broker, clientId } = await (await fetch('/config.json')).json();

const button = document.createElement('connect-your-ai');
button.setAttribute('client-id', clientId);
button.setAttribute('redirect-uri', '/callback.html');
// Without this line the person types the address of their Valetkey.
button.setAttribute('broker', broker);
button.access = [
  {
    provider: 'sandbox',
    models: ['sandbox-*'],
    capabilities: ['chat'],
    limits: { daily_spend: 0.5 },
    reason: 'Haiku about what you type',
  },
];
button.addEventListener('valetkey-connect', () => {
  ask.hidden = false;
});
button.addEventListener('valetkey-disconnect', () => {
  ask.hidden = true;
  answer.textContent = '';
});
document.querySelector('#connect').append(button);

ask.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { connection } = button;
  const openai = new OpenAI({
    apiKey: connection.token,
    baseURL: connection.baseUrl('openai'),
    fetch: connection.fetch,
    // The key that this option warns of is not here: what is, is bound to this browser, limited, and ended by its owner.
    dangerouslyAllowBrowser: true,
  });
  answer.textContent = '';
  try {
    const stream = await openai.chat.completions.create({
      model: 'sandbox-mini',
      messages: [{ role: 'user', content: `A haiku about ${document.querySelector('#about').value}` }],
      stream: true,
    });
    for await (const chunk of stream) answer.textContent += chunk.choices[0]?.delta.content ?? '';
  } catch (thrown) {
    answer.textContent = thrown.message;
  }
});
