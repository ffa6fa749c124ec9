// The certificate with which an app came (RFC 8705), as the TLS terminator in front of the broker tells of it. A header that names one is
// believed of configured peers alone, and only at the address that is for it: anybody can write a header (A33).

import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { isAmong, peerOfConnection } from '../peer-address.ts';

/** Where apps come with certificates. */
export interface MutualTls {
  /** The public origin at which the terminator asks for a certificate; another than the issuer, or browsers would be asked, too. */
  readonly origin: string;
  /** The terminators' own addresses. */
  readonly terminators: BlockList;
}

/** A certificate whose private key the app has shown to the terminator that it holds. */
export interface ClientCertificate {
  readonly x509: X509Certificate;
  /** SHA-256 of its DER form, base64url: `x5t#S256`. */
  readonly thumbprint: string;
  /** Whether the terminator found that it comes from an authority that the operator trusts. */
  readonly isVerified: boolean;
}

/** The certificate that came with a request; null if none did, or none that is to be believed. */
export type CertificateOf = (request: IncomingMessage) => ClientCertificate | null;

const MAX_HEADER = 16 * 1024;

/** IPv4 and IPv6 addresses and networks, separated by commas; null if one of them is none, or if there are none. */
export function parseAddresses(text: string): BlockList | null {
  const list = new BlockList();
  for (const part of text.split(',')) {
    const [address = '', prefix, ...rest] = part.trim().split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    // A network of everybody would be the same as believing everybody.
    const isPrefix =
      prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 8 && Number(prefix) <= most);
    if (family === 0 || !isPrefix || rest.length > 0) return null;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, prefix === undefined ? most : Number(prefix), type);
  }
  return list;
}

/** Reads certificates as `settings` allow; none at all without settings. */
export const readCertificates = (settings: MutualTls | null): CertificateOf => {
  if (settings === null) return () => null;
  const { host } = new URL(settings.origin);
  return (request) => {
    if (!isAmong(settings.terminators, peerOfConnection(request))) return null;
    if (request.headers.host !== host) return null;
    const x509 = parseCertificate(request.headers['client-cert']);
    if (x509 === null) return null;
    return {
      x509,
      thumbprint: Buffer.from(x509.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
      isVerified: request.headers['client-cert-verify'] === 'SUCCESS',
    };
  };
};

/** `:base64:` (RFC 9440 section 2.1), or PEM with percent signs as nginx writes it. Two headers join to something that is neither. */
function parseCertificate(header: string | readonly string[] | undefined): X509Certificate | null {
  if (typeof header !== 'string' || header.length > MAX_HEADER) return null;
  try {
    const [, base64] = /^:([A-Za-z0-9+/]+=*):$/.exec(header) ?? [];
    if (base64 !== undefined) return new X509Certificate(Buffer.from(base64, 'base64'));
    const pem = decodeURIComponent(header);
    return /^-----BEGIN CERTIFICATE-----\s[^-]+\s-----END CERTIFICATE-----\s*$/.test(pem)
      ? new X509Certificate(pem)
      : null;
  } catch {
    return null;
  }
}
