import { BlockList, isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Names that only this machine or its network answers for (RFC 6761, 6762, and ICANN's .internal): no stranger's DNS can point them here. */
const reserved = /(^|\.)(localhost|local|internal)$/;

/**
 * Addresses that are not routed in the internet (RFC 1918, 4193, 6890), as Go's netip calls them private, loopback or unspecified. A page that has such
 * an address for its name is no stranger's.
 */
const inside = new BlockList();
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['0.0.0.0', 32],
] as const)
  inside.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::1', 128],
  ['::', 128],
  ['fc00::', 7],
] as const)
  inside.addSubnet(address, bits, 'ipv6');

/**
 * Whether a server of this machine may be asked under a name, as Ollama decides it (server/routes.go, allowedHost): names that no page of the internet can
 * have. `host.docker.internal` is one, under which containers reach their machine.
 */
export function isOwnHost(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  const kind = isIP(bare);
  if (kind !== 0) return inside.check(bare, kind === 6 ? 'ipv6' : 'ipv4') || ownAddresses().includes(bare);
  return reserved.test(bare) || bare === hostname().toLowerCase();
}

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
