import { expect, it } from 'vitest';
import { installCommand } from './install-command.ts';

const published = { optionalDependencies: { '@finetooth/b': '2.0.0', c: '3.0.0' }, peerDependencies: { d: '4.0.0' } };

it('names the first package that is asked for, in the version that is', () => {
  expect(installCommand(['a', '@finetooth/b', 'c'], published)).toBe('npm install @finetooth/b@2.0.0');
  expect(installCommand(['c', '@finetooth/b'], published)).toBe('npm install c@3.0.0');
  expect(installCommand(['d'], published)).toBe('npm install d@4.0.0');
  expect(installCommand(['a'], published)).toBeUndefined();
});

it('reads the manifest of this package', () => {
  expect(installCommand(['@finetooth/none', 'onnxruntime-node'])).toMatch(/^npm install onnxruntime-node@\d+\.\d+\.\d+$/);
});
