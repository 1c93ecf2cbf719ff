import { BlockList, isIP } from 'node:net';

/** Addresses of this machine alone, and of what a cloud tells its machines (169.254.169.254): no one else can mean a file by them. */
const own = new BlockList();
own.addSubnet('127.0.0.0', 8, 'ipv4');
own.addSubnet('0.0.0.0', 8, 'ipv4');
own.addSubnet('169.254.0.0', 16, 'ipv4');
own.addAddress('::1', 'ipv6');
own.addAddress('::', 'ipv6');
own.addSubnet('fe80::', 10, 'ipv6');

/** Why a redirection is not followed, as the end of a sentence about who sent it; undefined where it may be. */
export function redirectionFault(from: URL, to: URL | null): string | undefined {
  if (to === null || !/^https?:$/.test(to.protocol)) return 'redirected nowhere';
  if (from.protocol === 'https:' && to.protocol === 'http:')
    return `redirected from https to ${to.origin}, where anybody on the way could change the file`;
  if (isOwn(to) && !isOwn(from))
    return `redirected to ${to.origin}, an address of this machine or its network, which a server elsewhere has no say in`;
  return undefined;
}

function isOwn({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family === 0) return /(^|\.)localhost\.?$/.test(host);
  return own.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
