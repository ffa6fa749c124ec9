// Reads a request's target into dialect, provider and the path below it. Works on the raw text of the request line and normalises
// nothing: a path that would mean something else after decoding or dot removal is refused, never repaired.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { DialectName, Operation, Provider } from './contract.ts';

/** Where a request is addressed: a provider's API, or the OpenAI dialect with the provider still to be found in the grant. */
export interface Target {
  readonly dialect: DialectName;
  /** Null for `/v1`, where the grant or a `provider/model` name tells. */
  readonly provider: Provider | null;
  /** Path below the dialect's base as operations name it, e.g. `/chat/completions`, `/v1/messages`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** An operation of the closed list and what its path pattern matched. */
export interface MatchedOperation {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

// Unreserved characters, `:` and `@`, and a percent only where it encodes neither a separator, a dot, a percent nor a control.
const SAFE_PATH = /^(?:\/(?:[A-Za-z0-9\-_~:@.]|%(?!2[efEF5]|5[cC]|[01]|7[fF])[0-9A-Fa-f]{2})*)+$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/** Splits a request target into path and query; null unless it is in origin form and unambiguous (RFC 9112 section 3.2.1). */
export const splitTarget = (url: string): { readonly path: string; readonly query: string } | null => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!SAFE_PATH.test(path) || path.includes('//') || DOT_SEGMENT.test(path)) return null;
  return { path, query: mark < 0 ? '' : url.slice(mark + 1) };
};

/** What is left of `rest` below the dialect's base, as the dialect's operations name their paths. */
const belowBase = (dialect: DialectName, rest: string): string => {
  if (dialect === 'google') return rest || '/';
  // A base URL that ends in `/v1` makes some SDKs ask for `/v1/v1/messages`.
  if (dialect === 'anthropic') return rest.replace(/^\/v1(?=\/v1\/)/, '') || '/';
  return rest.replace(/^\/v1(?=\/|$)/, '') || '/';
};

/** Finds dialect and provider by the first segments: `/<provider>/...`, `/v1/<provider>/...`, or `/v1/...`; null if none fits. */
export const parseTarget = (url: string, providers: ReadonlyMap<string, Provider>): Target | null => {
  const split = splitTarget(url);
  if (!split) return null;
  const query = new URLSearchParams(split.query);
  const [, first = '', second = ''] = split.path.split('/', 3);
  const named = providers.get(first) ?? (first === 'v1' ? providers.get(second) : undefined);
  if (named) {
    const prefix = first === 'v1' ? `/v1/${second}` : `/${first}`;
    const path = belowBase(named.dialect, split.path.slice(prefix.length));
    return { dialect: named.dialect, provider: named, path, query };
  }
  if (first !== 'v1') return null;
  return { dialect: 'openai', provider: null, path: split.path.slice('/v1'.length) || '/', query };
};

const METHODS = ['GET', 'POST'] as const;

interface Pattern {
  readonly operation: Operation;
  readonly expression: RegExp;
  readonly names: readonly string[];
}

const toPattern = (operation: Operation): Pattern => {
  const names: string[] = [];
  const source = operation.path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
  return { operation, expression: new RegExp(`^${source}$`), names };
};

/** The error for an address at which there is no operation. */
export const NOTHING_THERE: PublicError = {
  code: 'not_found',
  message:
    'There is no such operation here. Check the base URL for a part that is missing or there twice: it ends in /<provider>/v1, for Anthropic and Google in /<provider>.',
};

const NOT_OFFERED: PublicError = {
  code: 'operation_not_permitted',
  message: 'This operation is not offered through a grant: its cost or reach cannot be bounded.',
};

/** Its name in one piece: `JSON.stringify` takes twice as long for an object with a text that was put together, and every entry has the name. */
const named = (operation: Operation): Operation => ({
  ...operation,
  name: Buffer.from(operation.name).toString(),
});

/** One provider's closed list, ready to be looked up by method and path. */
export class OperationTable {
  readonly #exact = new Map<string, Operation>();
  readonly #patterns: readonly Pattern[];
  readonly #refusedPaths: readonly string[];

  constructor(provider: Pick<Provider, 'operations' | 'refusedPaths'>) {
    const operations = provider.operations.map(named);
    for (const operation of operations) this.#exact.set(`${operation.method} ${operation.path}`, operation);
    this.#patterns = operations.filter((operation) => operation.path.includes('{')).map(toPattern);
    this.#refusedPaths = provider.refusedPaths;
  }

  /** The operation, or why there is none: known by name and refused, other methods, or nothing at all. */
  find(method: string, path: string): Result<MatchedOperation, PublicError> {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact) return succeed({ operation: exact, params: {} });
    const others = new Set<string>(METHODS.filter((other) => this.#exact.has(`${other} ${path}`)));
    for (const { operation, expression, names } of this.#patterns) {
      const match = expression.exec(path);
      if (!match) continue;
      if (operation.method !== method) others.add(operation.method);
      else
        return succeed({
          operation,
          params: Object.fromEntries(
            names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]),
          ),
        });
    }
    if (others.size > 0) {
      const allow = [...others].join(', ');
      return fail({ code: 'method_not_allowed', message: `This operation takes ${allow}.`, allow });
    }
    const refused = this.#refusedPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    return fail(refused ? NOT_OFFERED : NOTHING_THERE);
  }
}
