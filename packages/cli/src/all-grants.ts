// The owner's grants, page after page.

import { type Result, succeed } from '@valetkey/core';
import type { ApiClient } from './api-client.ts';
import type { Grant, Page } from './api-types.ts';
import type { Failure } from './failure.ts';

/** Those that can be used, or with `all` every one; newest first. Fails as soon as one page does. */
export async function allGrants(
  api: ApiClient,
  status: 'active' | 'all',
): Promise<Result<readonly Grant[], Failure>> {
  const grants: Grant[] = [];
  for (let before: string | null = ''; before !== null; ) {
    const query = new URLSearchParams({ status, ...(before && { before }) });
    const page: Result<Page<Grant>, Failure> = await api.call('GET', `/grants?${query}`);
    if (!page.ok) return page;
    grants.push(...page.value.data);
    before = page.value.next;
  }
  return succeed(grants);
}
