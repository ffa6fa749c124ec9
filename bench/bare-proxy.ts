// The least a proxy in Node can do, as a yardstick: node:http in, undici out, the token looked up in a map, the key swapped, the body
// passed through. No grants, budgets, audit or parsing: whatever does more should be slower. `node bare-proxy.ts PORT ORIGIN TOKEN KEY`.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { builtInProviders } from '../packages/broker/src/gateway/providers/registry.ts';
import { openUpstreams } from '../packages/broker/src/gateway/upstreams.ts';

const [port = '0', origin = '', token = '', key = ''] = process.argv.slice(2);
const keys = new Map([[token, `Bearer ${key}`]]);
// The very pool of the broker, so that the difference is the broker's own work.
const upstream = openUpstreams(
  builtInProviders.filter(({ name }) => name === 'openai'),
  new Map([['openai', origin]]),
).get('openai');

const forward = (request: IncomingMessage, response: ServerResponse, authorization: string, body: Buffer) => {
  const headers = { authorization, 'content-type': 'application/json' };
  upstream?.pool.dispatch(
    { method: 'POST', path: request.url ?? '', headers, body },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, from) {
        const { 'content-type': type, 'content-length': length } = from as IncomingHttpHeaders;
        response.writeHead(status, { 'content-type': type, ...(length && { 'content-length': length }) });
      },
      onResponseData(controller, bytes) {
        if (response.write(bytes)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  );
};

createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const authorization = keys.get(request.headers.authorization?.slice('Bearer '.length) ?? '');
  if (authorization === undefined) {
    response.writeHead(401).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (bytes: Buffer) => chunks.push(bytes));
  request.on('end', () =>
    forward(request, response, authorization, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
  );
}).listen(Number(port), '127.0.0.1', 4096);
