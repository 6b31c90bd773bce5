/** Text as it stands in HTML, in an element or a quoted attribute; control characters are dropped. */
export function escapeHtml(text: string): string {
  return dropControls(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/** The text without the control characters that no HTML may hold; tabs and line ends stay. */
export function dropControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]/gu, "");
}
