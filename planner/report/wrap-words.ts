/** Width of text on a terminal, and its breaking into lines: for paragraphs and for cells of tables. */
import stringWidth from "string-width";

/** Cells that `text` takes on a terminal; nearly all is plain ASCII, which needs no table of wide characters. */
export function textWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** Every space but the one between a number and its unit. */
const BREAKS = / (?!(?<=\d )(?:ms|s|min|h|d|%|GiB|GB)(?!\w))/;

/** `text` broken at spaces into lines of at most `width` cells; a longer word is cut. At least one line. */
export function wrapWords(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(BREAKS)) {
    const candidate = line === "" ? word : `${line} ${word}`;
    if (textWidth(candidate) <= width) {
      line = candidate;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = cutWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces[pieces.length - 1]!;
  }
  lines.push(line);
  return lines;
}

function cutWord(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && textWidth(piece + character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  pieces.push(piece);
  return pieces;
}
