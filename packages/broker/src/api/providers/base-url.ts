// Where an app points its SDK, by provider and dialect.

import type { ApiProvider } from '../contract.ts';

/** The base URL that official SDKs of the provider's dialect take. */
export const baseUrlOf = (issuer: string, { name, dialect }: ApiProvider): string =>
  dialect === 'openai' ? `${issuer}/${name}/v1` : `${issuer}/${name}`;

/** The base URLs of a grant, by dialect. Several providers of the OpenAI dialect share the address that takes `provider/model` names. */
export const baseUrlsOf = (
  issuer: string,
  providers: readonly ApiProvider[],
): Partial<Record<ApiProvider['dialect'], string>> => {
  const urls: Partial<Record<ApiProvider['dialect'], string>> = {};
  for (const provider of providers) {
    const isShared = provider.dialect === 'openai' && urls.openai !== undefined;
    urls[provider.dialect] = isShared ? `${issuer}/v1` : baseUrlOf(issuer, provider);
  }
  return urls;
};
