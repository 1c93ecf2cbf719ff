/** Text that is HTML already. Whatever else `html` is given, it escapes: a stranger's text cannot get onto the page in another way. */
export interface Html {
  readonly html: string;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for attributes in quotes. Control characters, which HTML forbids, are shown as a mark. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (it) => entities[it] as string).replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');

export const trusted = (text: string): Html => ({ html: text });

export const empty: Html = trusted('');

/** Joins pieces as they are, numbers as they are, and strings escaped. */
export const html = (strings: TemplateStringsArray, ...parts: readonly (string | number | Html | readonly Html[])[]): Html =>
  trusted(
    strings
      .map((text, i) => {
        const part = parts[i];
        if (part === undefined) return text;
        if (typeof part === 'string') return text + escapeHtml(part);
        if (typeof part === 'number') return text + part;
        return text + ('html' in part ? part.html : part.map((one) => one.html).join(''));
      })
      .join(''),
  );

/** A name, id or query: its direction of writing must not turn the text around it. */
export const isolated = (text: string): Html => html`<bdi>${text}</bdi>`;
