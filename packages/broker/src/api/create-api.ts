// Puts the resources on the API. Each has a folder of its own; what they share is in `wire.ts`.

import { registerAlerts } from './alerts/alerts.ts';
import { registerAlertDestinations } from './alerts/destinations.ts';
import { createApp } from './app.ts';
import { registerAudit } from './audit/audit.ts';
import { registerChanges } from './audit/changes.ts';
import { registerErase } from './audit/erase.ts';
import { registerCalls } from './calls/calls.ts';
import { registerCallExport } from './calls/export.ts';
import { registerCallGraph } from './calls/graph.ts';
import { registerCeilings } from './ceilings/ceilings.ts';
import { registerClients } from './clients/clients.ts';
import type { Api, ApiParts } from './contract.ts';
import { registerDevices } from './devices/devices.ts';
import { registerEvents } from './events/events.ts';
import { registerGrants } from './grants/grants.ts';
import { registerLedger } from './ledger/ledger.ts';
import { registerMe } from './me/me.ts';
import { registerOwners } from './owners/owners.ts';
import { registerPrices } from './prices/prices.ts';
import { registerProviderKeys } from './provider-keys/provider-keys.ts';
import { registerProviders } from './providers/providers.ts';
import { registerRequests } from './requests/requests.ts';
import { registerSessions } from './sessions/sessions.ts';
import { registerStops } from './stops/stops.ts';
import { registerUsageByModel } from './usage/by-model.ts';
import { registerUsage } from './usage/usage.ts';

/** The instance with every resource, for tests that inject requests. */
export const buildApi = (parts: ApiParts) => {
  const app = createApp(parts);
  // Inside a plugin, because the OpenAPI document lists only calls that are registered after it was loaded.
  app.register(async (scope) => {
    for (const register of [
      registerMe,
      registerProviders,
      registerProviderKeys,
      registerPrices,
      registerLedger,
      registerAudit,
      registerChanges,
      registerErase,
      registerGrants,
      registerStops,
      registerRequests,
      registerAlerts,
      registerAlertDestinations,
      registerCeilings,
      registerCalls,
      registerCallGraph,
      registerCallExport,
      registerUsage,
      registerUsageByModel,
      registerClients,
      registerDevices,
      registerOwners,
      registerSessions,
      registerEvents,
    ]) {
      register(scope.withTypeProvider() as typeof app, parts);
    }
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  return app;
};

/** The API, ready to answer. */
export const createApi = async (parts: ApiParts): Promise<Api> => {
  const app = buildApi(parts);
  await app.ready();
  return { handler: (request, response) => app.routing(request, response) };
};
