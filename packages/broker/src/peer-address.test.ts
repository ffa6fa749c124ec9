import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { networkOf, readPeers } from './peer-address.ts';
import { parseAddresses } from './tokens/client-certificate.ts';

const from = (address: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: address },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('A25 where a request comes from', () => {
  it.each<[string, string, string | undefined, string]>([
    ['a connection says itself', '203.0.113.9', undefined, '203.0.113.9'],
    ['a header of anybody is nothing', '203.0.113.9', '127.0.0.1', '203.0.113.9'],
    ['a header that names the proxy is nothing', '203.0.113.9', '10.0.0.7', '203.0.113.9'],
    ['a trusted proxy says', '10.0.0.7', '203.0.113.9', '203.0.113.9'],
    ['IPv4 in IPv6 is IPv4', '::ffff:10.0.0.7', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a proxy behind a proxy', '10.0.0.7', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['what its sender wrote before is not believed', '10.0.0.7', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['nor that it was a proxy', '10.0.0.7', '192.0.2.1, 10.0.0.7, 203.0.113.9', '203.0.113.9'],
    ['words are no address', '10.0.0.7', '203.0.113.9, unknown', '10.0.0.7'],
    ['a port is no address', '10.0.0.7', '203.0.113.9:4711', '10.0.0.7'],
    ['without the header it is the proxy', '10.0.0.7', undefined, '10.0.0.7'],
    ['proxies alone are the farthest', '10.0.0.7', '10.1.2.3, 10.1.2.4', '10.1.2.3'],
    ['IPv6', 'fd00:1::7', '2001:db8::9', '2001:db8::9'],
  ])('%s', (_name, address, forwarded, expected) => {
    expect(readPeers(parseAddresses('10.0.0.7,10.1.0.0/16,fd00:1::/32'))(from(address, forwarded))).toBe(
      expected,
    );
  });

  it('nobody is believed unless the operator says so', () => {
    expect(readPeers(null)(from('127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1');
  });
});

describe('what counts as one sender', () => {
  it.each<[string, string]>([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:db8:0:7:ffff:1:2:3', '2001:db8:0:7::/64'],
    ['2001:DB8::7:0:0:0:9', '2001:db8:0:7::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64'],
    ['', ''],
  ])('%s is of %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
