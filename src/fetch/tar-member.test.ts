import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tarOf } from '../../test/servers/registry.ts';
import { tarMembers } from './tar-member.ts';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const long = `package/${'deep/'.repeat(30)}file.bin`;
const members = {
  'package/package.json': Buffer.from('{}'),
  'package/empty': Buffer.alloc(0),
  [long]: randomBytes(5_000),
  'package/full-block': randomBytes(1_024),
};

describe('tarMembers', () => {
  it.each([1, 7, 512, 65_536])('gives every member with chunks of %i bytes', async (size) => {
    const found: Record<string, Buffer> = {};
    for await (const { path, body } of tarMembers(chunksOf(tarOf(members), size))) {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      found[path] = Buffer.concat(parts);
    }
    expect(found).toEqual(members);
  });

  it('skips bodies that are not read, or only begun', async () => {
    const paths: string[] = [];
    for await (const { path, body } of tarMembers(chunksOf(tarOf(members), 100))) {
      paths.push(path);
      for await (const _ of body) break;
    }
    expect(paths).toEqual(Object.keys(members));
  });

  it('refuses an archive that ends early', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of tarMembers(chunksOf(tarOf(members).subarray(0, 3_000), 512)));
    };
    await expect(read()).rejects.toThrow(/damaged: it ends early/);
  });

  it('refuses what is no archive', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of tarMembers(chunksOf(randomBytes(2_048), 512)));
    };
    await expect(read()).rejects.toThrow(/damaged: a header has a wrong checksum/);
  });
});
