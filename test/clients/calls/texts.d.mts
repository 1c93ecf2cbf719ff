export const query: string;
export const documents: readonly string[];
export const titles: readonly string[];
export const objects: readonly { readonly title: string; readonly text: string }[];
export const right: number;
