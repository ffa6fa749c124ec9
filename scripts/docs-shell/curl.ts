// What the documents use of `curl`, for machines that have none: a flag it does not know, or an answer that is an error, ends it with 1.

import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd', multiple: true },
    'data-urlencode': { type: 'string', multiple: true },
    user: { type: 'string', short: 'u' },
    include: { type: 'boolean', short: 'i' },
  },
});
const headers = new Headers(
  (values.header ?? []).map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  }),
);
if (values.user) headers.set('authorization', `Basic ${Buffer.from(values.user).toString('base64')}`);

const encoded = (values['data-urlencode'] ?? []).map((pair) => {
  const at = pair.indexOf('=');
  return `${pair.slice(0, at)}=${encodeURIComponent(pair.slice(at + 1))}`;
});
const body = [...(values.data ?? []), ...encoded].join('&');
if (body !== '' && !headers.has('content-type'))
  headers.set('content-type', 'application/x-www-form-urlencoded');

const [url = '', ...more] = positionals;
if (more.length > 0) throw new Error(`one address at a time: ${more}`);
const response = await fetch(url, { headers, ...(body !== '' && { method: 'POST', body }) });
if (values.include) process.stdout.write(`HTTP/1.1 ${response.status}\n`);
process.stdout.write(await response.text());
process.exitCode = response.ok ? 0 : 1;
