declare module '@finetooth/runtime-wasm';
