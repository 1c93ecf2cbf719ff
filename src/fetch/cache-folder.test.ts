import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { absolutePath, cacheFolder, folderNameOf, nameOfFolder } from './cache-folder.ts';

describe('cacheFolder', () => {
  it.each([
    [{ FINETOOTH_CACHE: '/a', XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/a'],
    [{ FINETOOTH_CACHE: '', XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/x/finetooth'],
    [{ HOME: '/h' }, 'linux', '/h/.cache/finetooth'],
    [{ HOME: '/h' }, 'darwin', '/h/Library/Caches/finetooth'],
    [{ HOME: '/h', FINETOOTH_CACHE: '~/c' }, 'darwin', '/h/c'],
  ] as const)('%o on %s', (env, platform, folder) => {
    expect(cacheFolder(env, platform)).toBe(folder);
  });

  it('takes the local application data on Windows', () => {
    expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toMatch(/local.finetooth.Cache$/);
  });
});

describe('paths', () => {
  it('reads ~ from the given environment and makes others absolute', () => {
    expect(absolutePath('~/m', { HOME: '/h' })).toBe('/h/m');
    expect(absolutePath('m', {})).toBe(resolve('m'));
  });

  it('makes one folder name of a repository and back', () => {
    expect(folderNameOf('owner/name@v2:onnx/model.onnx')).toBe('owner--name@v2+onnx--model.onnx');
    expect(nameOfFolder('owner--name@v2+onnx--model.onnx')).toBe('owner/name@v2:onnx/model.onnx');
  });
});
