// Words about apps, requests, devices and stops, in Japanese.

import type { Translated } from '@valetkey/core';
import type { apps as english } from '../en/apps.ts';

/** Japanese. */
export const apps: Translated<typeof english> = {};
