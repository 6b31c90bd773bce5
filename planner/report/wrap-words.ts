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

/** A path or address is cut behind one of its separators when that leaves no half-empty line. */
function cutWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (textWidth(rest) > width) {
    const head = headOf(rest, width);
    const separator = Math.max(...["/", "-", "_", "@", "."].map((mark) => head.lastIndexOf(mark)));
    const end = separator >= head.length / 2 ? separator + 1 : head.length;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  pieces.push(rest);
  return pieces;
}

/** As much of `word` as fits, and at least one character. */
function headOf(word: string, width: number): string {
  let head = "";
  for (const character of word) {
    if (head !== "" && textWidth(head + character) > width) break;
    head += character;
  }
  return head;
}
