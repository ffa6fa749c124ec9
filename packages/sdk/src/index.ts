// What apps and agents import: connecting people's AI accounts, their own grant, children of it, receipts. MUST NOT depend on another package.

export type { ErrorCode } from './advice.ts';
export { type ChildAccess, childDetails, type GrantedAccess, type Usd } from './child-details.ts';
export {
  type AppOptions,
  type Asked,
  type AskedAccess,
  type ValetkeyApp,
  valetkeyApp,
} from './connect/app.ts';
export type { Connection } from './connect/connection.ts';
export type { DeviceCode } from './connect/device.ts';
export { type Broker, discover } from './connect/discover.ts';
export { type ConnectionStore, memoryStore } from './connect/store.ts';
export { proveKeyWith } from './dpop.ts';
export type { TokenSource } from './holder.ts';
export { createSigningKey, importSigningKey, type PrivateJwk, type SigningKey } from './jws.ts';
export type { MoreAsked, MoreDecision, MoreRequest } from './more.ts';
export {
  type CheckedReceipts,
  type ReceiptCheck,
  type ReceiptCheckOptions,
  receiptCheck,
} from './receipt-check.ts';
export {
  type ChildActor,
  type ExchangedToken,
  exchangeToken,
  signAssertion,
  type TokenExchange,
} from './token-exchange.ts';
export {
  type Access,
  type BaseUrls,
  type Budget,
  type Child,
  type ChildRequest,
  type ChildToken,
  type Grant,
  type ListedChild,
  readChild,
  type ValetkeyOptions,
  valetkey,
  type WireChild,
} from './valetkey.ts';
export { explainError, ValetkeyError, type Violation } from './valetkey-error.ts';
export {
  type ChainGrant,
  compareReceipts,
  formatReceipts,
  RECEIPTS_HEADER,
  type ReceiptComparison,
  readReceipts,
  type VerifiedChain,
  verifyChain,
} from './verify-chain.ts';
export {
  type Jwks,
  type Receipt,
  type ReceiptActor,
  type ReceiptProblem,
  type VerifiedReceipt,
  type VerifyOptions,
  verifyReceipt,
} from './verify-receipt.ts';
