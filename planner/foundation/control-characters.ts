/**
 * Characters that steer what shows a text instead of being shown: control characters, line and paragraph
 * separators, and those that reverse the direction of reading, with which a name can look like another.
 */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

export function hasControls(text: string): boolean {
  return text.search(CONTROLS) >= 0;
}

/** Each of them as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
