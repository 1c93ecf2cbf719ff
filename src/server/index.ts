/** `finetooth/server`: what `finetooth serve` does, and keys for it. */

export { newKey } from './auth/keys.ts';
export { type ServeOptions, type Server, serve } from './listen.ts';
