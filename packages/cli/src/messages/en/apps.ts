// Words about apps, requests, devices and stops.

/** English. */
export const apps = {};
