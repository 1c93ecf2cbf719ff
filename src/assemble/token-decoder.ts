import { importFirst } from '../fetch/import-first.ts';

/** Of the packages that are published, the part of js-tiktoken that is used: its tables for other encodings are 20 MB. */
export const loadTokenDecoder = () =>
  Promise.all([
    importFirst('@finetooth/js-tiktoken/lite', 'js-tiktoken/lite') as Promise<typeof import('js-tiktoken/lite')>,
    importFirst('@finetooth/js-tiktoken/ranks/cl100k_base', 'js-tiktoken/ranks/cl100k_base') as Promise<
      typeof import('js-tiktoken/ranks/cl100k_base')
    >,
  ]);
