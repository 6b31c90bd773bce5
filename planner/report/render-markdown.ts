/**
 * A report as GitHub-flavoured Markdown: the same document as on a terminal, with proper tables.
 */
import {
  type Cell,
  cellText,
  type Report,
  type ReportBlock,
  type ReportTable,
  type Tone,
} from "./report";

export function renderMarkdown(report: Report): string {
  const parts: string[] = [`# ${escapeText(report.title)}`];
  if (report.answer.length > 0) {
    parts.push(report.answer.map((line) => emphasise(line.text, line.tone)).join("  \n"));
  }
  for (const section of report.sections) {
    parts.push(`## ${escapeText(section.heading)}`);
    for (const block of section.blocks) parts.push(renderBlock(block));
  }
  if (report.warnings.length > 0) {
    parts.push("## Warnings", report.warnings.map((text) => `- ${escapeText(text)}`).join("\n"));
  }
  if (report.reproduce !== undefined) {
    parts.push("## Reproduce", `\`\`\`sh\n${report.reproduce}\n\`\`\``);
  }
  return `${parts.join("\n\n")}\n`;
}

export function renderTableMarkdown(table: ReportTable): string {
  const header = table.columns.map((column) => escapeCell(column.header));
  const rule = table.columns.map((column) => (column.align === "right" ? "---:" : ":---"));
  const rows = table.rows.map((row) =>
    table.columns.map((_, index) => markdownCell(row[index] ?? "")),
  );
  return [header, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function renderBlock(block: ReportBlock): string {
  switch (block.kind) {
    case "table":
      return renderTableMarkdown(block.table);
    case "paragraph":
      return escapeText(block.text);
    case "list":
      if (block.isPlain === true) return `\`\`\`text\n${block.items.join("\n")}\n\`\`\``;
      return block.items.map((item) => `- ${escapeText(item)}`).join("\n");
  }
}

function markdownCell(cell: Cell): string {
  return escapeCell(cellText(cell).trimStart());
}

function emphasise(text: string, tone: Tone): string {
  // Asterisks beside a blank are not taken for emphasis, so the indentation of a terminal goes.
  const escaped = escapeText(text.trim());
  return tone === "good" || tone === "bad" || tone === "unsure" ? `**${escaped}**` : escaped;
}

/** Names come from files: nothing in them may turn into markup. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_<>[\]#]/g, (character) => `\\${character}`).replace(/\n/g, " ");
}

function escapeCell(text: string): string {
  return escapeText(text).replace(/\|/g, "\\|");
}
