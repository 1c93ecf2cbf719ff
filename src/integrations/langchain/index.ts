/** `finetooth/langchain`: what LangChain.js takes as compressor, embeddings and retriever. */

export { FinetoothEmbeddings, type FinetoothEmbeddingsOptions } from './embeddings.ts';
export { FinetoothRerank, type FinetoothRerankOptions } from './rerank.ts';
export { FinetoothRetriever, type FinetoothRetrieverOptions } from './retriever.ts';
