// Reads what stands between two values of a JSON text: white space, comments, a comma. Pure.

/** The text from one value to the next, or to the closing bracket. Offsets count in the whole body. */
export interface Gap {
  /** Offset of the comma; null when there is none. */
  readonly comma: number | null;
  readonly hasComments: boolean;
  /** End of the comments that belong to the value before: those on its line, its comma included; null without any. */
  readonly attachedEnd: number | null;
  /** End of the last comment; null without any. */
  readonly lastCommentEnd: number | null;
  /** True when that one reaches to the end of its line. */
  readonly lastIsLineComment: boolean;
}

const token = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,|[ \t]+|\r\n|\r|\n/y;

export function readGap(body: string, from: number, to: number): Gap {
  let comma: number | null = null;
  let attachedEnd: number | null = null;
  let lastCommentEnd: number | null = null;
  let lastIsLineComment = false;
  let sameLine = true;
  for (let at = from; at < to;) {
    token.lastIndex = at;
    const text = token.exec(body)?.[0];
    if (text === undefined) break;
    const end = at + text.length;
    if (text === ',') comma ??= at;
    else if (text.startsWith('/')) {
      lastCommentEnd = end;
      lastIsLineComment = text.startsWith('//');
      if (sameLine) attachedEnd = end;
      if (/[\r\n]/.test(text)) sameLine = false;
    } else if (/[\r\n]/.test(text)) sameLine = false;
    at = end;
  }
  return { comma, hasComments: lastCommentEnd !== null, attachedEnd, lastCommentEnd, lastIsLineComment };
}

/** Where the white space directly before `offset` begins. */
export function startOfSpaceBefore(body: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[ \t\r\n]/.test(body.charAt(start - 1))) start--;
  return start;
}

/** The comments of a JSONC text in their order; strings that look like comments are none. */
export function commentsOf(body: string): string[] {
  return (body.match(/"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g) ?? []).filter((text) =>
    text.startsWith('/'),
  );
}
