/** Between white space, as a person counts words. */
export const spacedWords = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
