// Where a request comes from: the address of its connection or, where that is a proxy which the operator trusts, what the proxy says. Of
// anybody else a header MUST NOT be believed: anybody can write one (A25).

import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';

/** The address of whoever sends a request, by which guesses are counted. */
export type PeerOf = (request: IncomingMessage) => string;

/** IPv4 that came as IPv6 is IPv4. */
const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');

/** Whether the list has this address; false for what is none. */
export const isAmong = (list: BlockList, address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
};

/** The address of the connection itself. */
export const peerOfConnection: PeerOf = ({ socket }) => plain(socket.remoteAddress ?? '');

/**
 * Reads `X-Forwarded-For` from its end, where the nearest proxy wrote, past every trusted proxy to the first address that is none. What stands
 * before that, its sender wrote itself. Without proxies, {@link peerOfConnection}.
 */
export const readPeers = (proxies: BlockList | null): PeerOf => {
  if (proxies === null) return peerOfConnection;
  return (request) => {
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',');
    let peer = peerOfConnection(request);
    while (isAmong(proxies, peer)) {
      const before = plain(hops.pop() ?? '');
      if (isIP(before) === 0) break;
      peer = before;
    }
    return peer;
  };
};

/** What counts as one sender: an IPv4 address, and of IPv6 the network of 64 bits, all of which whoever has one address has (RFC 6177). */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head, tail] = address
    .replace(/%.*$/, '')
    .replace(/\d+\.[\d.]+$/, '0:0')
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = tail === undefined ? [] : Array(8 - head!.length - tail.length).fill('0');
  const network = [...head!, ...zeros, ...(tail ?? [])].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
};
