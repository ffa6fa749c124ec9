// Tries a provider key by asking the provider for its list of models, which costs nothing. Not a call on anybody's behalf: no token leads
// here, and the owner of the key asked for it.

import type { Provider } from './contract.ts';
import { messages } from './key-test-messages.ts';
import type { Upstream } from './upstreams.ts';

/** What came of it; never holds what the provider said, which may echo the key. */
export interface KeyTestResult {
  readonly ok: boolean;
  readonly status: number | null;
  readonly message: string;
}

const TIMEOUT_MS = 10_000;

const verdict = (label: string, status: number): KeyTestResult => {
  if (status >= 200 && status < 300) return { ok: true, status, message: messages.accepted(label) };
  const isRefused = status === 401 || status === 403;
  return {
    ok: false,
    status,
    message: isRefused ? messages.refused(label) : messages.unknown(label, status),
  };
};

const modelsPath = (provider: Provider): string | null => {
  const operation = provider.operations.find(
    ({ method, path, capability }) => method === 'GET' && capability === null && !/\{model\}/.test(path),
  );
  const params = operation?.path.includes('{version}') ? { version: 'v1beta' } : {};
  const read = operation?.read({
    params,
    query: new URLSearchParams(),
    headers: {},
    body: { kind: 'none' },
    unknownFields: 'refuse',
  });
  return read?.ok ? read.value.encode(0).path : null;
};

/** Asks the provider at its fixed origin whether it takes `key`. */
export const testKey = async (
  provider: Provider,
  upstream: Upstream,
  key: string,
): Promise<KeyTestResult> => {
  const path = modelsPath(provider);
  if (path === null) return { ok: false, status: null, message: messages.noWay(provider.label) };
  try {
    const { statusCode, body } = await upstream.pool.request({
      method: 'GET',
      path: upstream.basePath + path,
      headers: { 'accept-encoding': 'identity', ...provider.defaultHeaders, ...provider.authHeaders(key) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await body.dump();
    return verdict(provider.label, statusCode);
  } catch {
    return { ok: false, status: null, message: messages.unreachable(provider.label) };
  }
};
