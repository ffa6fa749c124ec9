// The testkit's public face: simulated providers that keep their own bill.
// For tests only: nothing here is ever imported by product code.

export { type Direction, type FaultProxy, startFaultProxy, type WireFault } from './faults/fault-proxy.ts';
export { canaryKey, type KeyProvider, type Leak, searchCanary } from './fixtures/canary.ts';
export { freePort } from './free-port.ts';
export { AWS } from './key-services/aws.ts';
export { GCP } from './key-services/gcp.ts';
export { type KeyServices, startKeyServices } from './key-services/start.ts';
export { TRANSIT } from './key-services/transit.ts';
export {
  type BillEntry,
  type BillTotal,
  billNanos,
  entryNanos,
  type PriceList,
  type Rates,
} from './simulator/bill.ts';
export type { ConnectionRecord, Credential, Outcome, RequestRecord } from './simulator/record.ts';
export type { Fault, Matchable, Point, Rule, UsagePlace } from './simulator/script.ts';
export type { Simulator, SimulatorOptions } from './simulator/start.ts';
export { type Category, type Usage, usageOf } from './simulator/usage.ts';
export { startSimulator } from './simulator.ts';
