/** HTML without a template engine: a tag that escapes whatever is put into it. */

/** Markup that has been escaped already. */
export interface Html {
  readonly markup: string;
}

type Piece = Html | string | number | undefined | false | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'string' || typeof piece === 'number') {
    return String(piece).replace(/[&<>"']/g, (character) => entities[character] ?? '');
  }
  return 'markup' in piece ? piece.markup : piece.map(render).join('');
}

/** Values are escaped; undefined and false are left out; arrays are joined; other `html` goes in as it is. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return { markup: parts.map((part, index) => part + render(values[index])).join('') };
}
