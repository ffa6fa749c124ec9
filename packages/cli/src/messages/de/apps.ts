// Words about apps, requests, devices and stops, in German.

import type { Translated } from '@valetkey/core';
import type { apps as english } from '../en/apps.ts';

/** German. */
export const apps: Translated<typeof english> = {};
