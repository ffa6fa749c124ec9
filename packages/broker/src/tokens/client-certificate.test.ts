// A header that names a certificate is worth what the peer is worth that sent it.

import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OTHER_CERTIFICATE, OWN_CERTIFICATE } from '../../test/oauth/certificates.ts';
import { parseAddresses, readCertificates } from './client-certificate.ts';

const ORIGIN = 'https://mtls.broker.test';
const escaped = encodeURIComponent(OWN_CERTIFICATE);
const der = OWN_CERTIFICATE.replace(/-----[A-Z ]+-----|\s/g, '');

const requestFrom = (
  address: string,
  headers: Record<string, string | string[]>,
  remoteFamily = 'IPv4',
): IncomingMessage =>
  ({
    socket: { remoteAddress: address, remoteFamily },
    headers: { host: 'mtls.broker.test', ...headers },
  }) as unknown as IncomingMessage;

const read = readCertificates({ origin: ORIGIN, terminators: parseAddresses('10.0.0.7,fd00:1::/32')! });
const THUMBPRINT = read(requestFrom('10.0.0.7', { 'client-cert': escaped }))?.thumbprint;

describe('A33 the certificate of a client', () => {
  it('is read as nginx and as RFC 9440 write it, and both are the same', () => {
    expect(THUMBPRINT).toMatch(/^[\w-]{43}$/);
    const structured = read(requestFrom('10.0.0.7', { 'client-cert': `:${der}:` }));
    expect(structured?.thumbprint).toBe(THUMBPRINT);
  });

  it.each<[string, IncomingMessage]>([
    ['an address that is not configured', requestFrom('10.0.0.8', { 'client-cert': escaped })],
    ['this machine', requestFrom('127.0.0.1', { 'client-cert': escaped })],
    ['no address at all', requestFrom('', { 'client-cert': escaped })],
    [
      'the address that is for browsers',
      requestFrom('10.0.0.7', { 'client-cert': escaped, host: 'broker.test' }),
    ],
    ['a header by another name', requestFrom('10.0.0.7', { 'x-ssl-client-cert': escaped })],
    ['two headers', requestFrom('10.0.0.7', { 'client-cert': `${escaped}, ${escaped}` })],
    [
      'two certificates',
      requestFrom('10.0.0.7', { 'client-cert': encodeURIComponent(OWN_CERTIFICATE + OTHER_CERTIFICATE) }),
    ],
    ['something that is no certificate', requestFrom('10.0.0.7', { 'client-cert': ':AAAA:' })],
    ['bytes that cannot be decoded', requestFrom('10.0.0.7', { 'client-cert': '%' })],
    ['a header that is too long', requestFrom('10.0.0.7', { 'client-cert': `:${'A'.repeat(17_000)}:` })],
    ['nothing', requestFrom('10.0.0.7', {})],
  ])('is not believed of %s', (_name, request) => {
    expect(read(request)).toBeNull();
  });

  it('is read from no text at all, and never breaks the reader', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String().map((base64) => `:${base64}:`),
    );
    fc.assert(
      fc.property(text, (header) => read(requestFrom('10.0.0.7', { 'client-cert': header })) === null),
    );
  });

  it('is known of a terminator by IPv6, in a network, and by IPv4 within IPv6', () => {
    const headers = { 'client-cert': escaped };
    expect(read(requestFrom('fd00:1::5', headers, 'IPv6'))).not.toBeNull();
    expect(read(requestFrom('::ffff:10.0.0.7', headers, 'IPv6'))).not.toBeNull();
    expect(read(requestFrom('fd00:2::5', headers, 'IPv6'))).toBeNull();
  });

  it('is verified when the terminator says so, in its own word alone', () => {
    const verify = (word: string) =>
      read(requestFrom('10.0.0.7', { 'client-cert': escaped, 'client-cert-verify': word }))?.isVerified;
    expect(['SUCCESS', 'FAILED:self-signed', 'NONE', 'success', ''].map(verify)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('is never read where nothing is configured', () => {
    expect(readCertificates(null)(requestFrom('127.0.0.1', { 'client-cert': escaped }))).toBeNull();
  });
});

describe('a list of terminators', () => {
  it.each([['10.0.0.7'], ['10.0.0.7, 10.1.0.0/16'], ['fd00::1/64,::1']])('can be %s', (text) => {
    expect(parseAddresses(text)).not.toBeNull();
  });
  it.each([[''], ['proxy'], ['10.0.0.0/33'], ['0.0.0.0/0'], ['::/0'], ['10.0.0.7/16/8'], ['10.0.0.7,,']])(
    'can not be %j',
    (text) => {
      expect(parseAddresses(text)).toBeNull();
    },
  );
});
