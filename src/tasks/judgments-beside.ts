/** Where the judgments of an index are kept, if no one says where. */
export const judgmentsBeside = (index: string): string => `${index.replace(/(?<=.)[/\\]+$/, '')}-judgments`;
