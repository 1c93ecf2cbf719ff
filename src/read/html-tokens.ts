/** A part of a page, in the order of its source. Comments and declarations are no part of it. */
export type HtmlToken =
  /** As it is written, entities and all. */
  | { readonly kind: 'text'; readonly text: string }
  /** `name` in capitals. `alone`: nothing can stand in it. `attributes`: as they are written. */
  | { readonly kind: 'open'; readonly name: string; readonly alone: boolean; readonly attributes: string }
  | { readonly kind: 'close'; readonly name: string };

/** Elements that have no end tag (HTML standard, 13.1.2). */
const voids = new Set('AREA BASE BR COL EMBED HR IMG INPUT LINK META SOURCE TRACK WBR'.split(' '));

/** Elements in which no tag begins until their own end (HTML standard, 13.1.2, raw text and escapable raw text). */
const raw = new Set(['SCRIPT', 'STYLE', 'TEXTAREA', 'TITLE']);

/**
 * The tags and texts of a page as the HTML standard (13.2.5) parts them. Every character is looked at a fixed number of times, whatever stands
 * there: what is never closed, a comment, a quotation, a tag, lasts until the end of the page, so that no one looks for its end again.
 */
export function* htmlTokens(page: string): Generator<HtmlToken> {
  let [at, from] = [0, 0];
  const text = (end: number): HtmlToken[] => (end > from ? [{ kind: 'text', text: page.slice(from, end) }] : []);
  while (at < page.length) {
    const open = page.indexOf('<', at);
    if (open < 0) break;
    const next = page.charCodeAt(open + 1);
    const isEnd = next === SLASH;
    if (!(isLetter(isEnd ? page.charCodeAt(open + 2) : next) || next === BANG || next === QUESTION || isEnd)) {
      at = open + 1;
      continue;
    }
    yield* text(open);
    if (next === BANG || next === QUESTION || (isEnd && !isLetter(page.charCodeAt(open + 2)))) at = endOfComment(page, open);
    else {
      const tag = tagAt(page, isEnd ? open + 2 : open + 1);
      at = tag.end;
      // A tag that the page ends in is none.
      if (tag.closed && isEnd) yield { kind: 'close', name: tag.name };
      else if (tag.closed) {
        const attributes = page.slice(open + 1 + tag.name.length, tag.end - 1);
        yield { kind: 'open', name: tag.name, alone: tag.alone || voids.has(tag.name), attributes };
        if (raw.has(tag.name) && !tag.alone) {
          from = at;
          at = endOfRaw(page, at, tag.name);
          yield* text(at);
        }
      }
    }
    from = at;
  }
  yield* text(page.length);
}

const [TAB, FEED, FORM_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0c, 0x0d, 0x20];
const [BANG, QUOTE, APOSTROPHE, SLASH, EQUALS, GREATER, QUESTION] = [0x21, 0x22, 0x27, 0x2f, 0x3d, 0x3e, 0x3f];

const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
const isSpace = (code: number): boolean => code === SPACE || code === FEED || code === TAB || code === RETURN || code === FORM_FEED;

/** Behind a comment, a declaration or an instruction that begins there. */
function endOfComment(page: string, open: number): number {
  if (!page.startsWith('<!--', open)) return after(page.indexOf('>', open), 1, page);
  // "<!-->" and "<!--->" are whole comments.
  const short = /^-?>/.exec(page.slice(open + 4, open + 6));
  return short === null ? after(page.indexOf('-->', open + 4), 3, page) : open + 4 + short[0].length;
}

const after = (found: number, length: number, page: string): number => (found < 0 ? page.length : found + length);

/** The tag whose name begins there. */
function tagAt(
  page: string,
  start: number,
): { readonly name: string; readonly end: number; readonly alone: boolean; readonly closed: boolean } {
  let at = start;
  for (; at < page.length; at++) {
    const code = page.charCodeAt(at);
    if (isSpace(code) || code === SLASH || code === GREATER) break;
  }
  const name = page.slice(start, at).toUpperCase();
  let before = 0;
  for (; at < page.length; at++) {
    const code = page.charCodeAt(at);
    if (code === GREATER) return { name, end: at + 1, alone: before === SLASH, closed: true };
    // A quotation stands behind "=" alone; elsewhere it is a part of a name.
    if ((code === QUOTE || code === APOSTROPHE) && before === EQUALS) {
      at = page.indexOf(code === QUOTE ? '"' : "'", at + 1);
      if (at < 0) break;
    }
    if (!isSpace(code)) before = code;
  }
  return { name, end: page.length, alone: false, closed: false };
}

/** Where the end tag of an element begins in which there are no other tags. */
function endOfRaw(page: string, from: number, name: string): number {
  const end = new RegExp(`</${name}[\\s/>]`, 'gi');
  end.lastIndex = from;
  return end.exec(page)?.index ?? page.length;
}
