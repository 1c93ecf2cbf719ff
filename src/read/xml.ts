import { createTurns } from '../time/turn.ts';
import { type HtmlToken, htmlTokens } from './html-tokens.ts';

/** Tags and texts after which the clock is looked at. */
const LOOK = 1024;

/** The tags and texts of XML, with turns for others between. Declarations are passed over: no entity is ever expanded. Names are in capitals. */
export async function* xmlTokens(text: string): AsyncGenerator<HtmlToken> {
  const turn = createTurns();
  let count = 0;
  for (const token of htmlTokens(text)) {
    if (++count % LOOK === 0) await turn();
    yield token;
  }
}

/** The value of an attribute of a tag, as it is written; nothing where it has none of that name. */
export function attributeIn(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes);
  return found?.[1] ?? found?.[2];
}

/** The first text of an element of that name (in capitals), entities decoded. */
export async function elementText(xml: string, name: string): Promise<string | undefined> {
  const { decodeXML } = await import('entities');
  let isIn = false;
  for await (const token of xmlTokens(xml)) {
    if (token.kind === 'text' && isIn) return decodeXML(token.text).replace(/\s+/g, ' ').trim() || undefined;
    if (token.kind === 'open') isIn = token.name === name && !token.alone;
    else if (token.kind === 'close') isIn = false;
  }
  return undefined;
}
