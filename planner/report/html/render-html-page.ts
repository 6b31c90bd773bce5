/**
 * A report as one self-contained HTML page: no script, no network, readable in light, dark and
 * print. Takes the blocks of the document model, and charts. All text is escaped here.
 */
import { type Cell, cellText, type ReportBlock, type ReportTable } from "../report";
import type { Chart } from "./chart";
import { escapeHtml } from "./escape-html";
import { PAGE_STYLE } from "./page-style";

export interface HtmlPage {
  readonly title: string;
  /** The answer, one paragraph each, under the title. */
  readonly answer?: readonly string[];
  readonly warnings?: readonly string[];
  readonly sections: readonly HtmlSection[];
}

export interface HtmlSection {
  readonly heading: string;
  readonly blocks: readonly HtmlBlock[];
}

export type HtmlBlock = ReportBlock | { readonly kind: "chart"; readonly chart: Chart };

/** Scripts, fonts and pictures from elsewhere are forbidden by the page itself. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function renderHtmlPage(page: HtmlPage): string {
  const answer = (page.answer ?? []).map((text) => `<p class="answer">${escapeHtml(text)}</p>`);
  const warnings = page.warnings ?? [];
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">`,
    `<title>${escapeHtml(page.title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<h1>${escapeHtml(page.title)}</h1>`,
    ...answer,
    ...(warnings.length === 0 ? [] : [`<aside>${renderList(warnings)}</aside>`]),
    ...page.sections.map(renderSection),
    "</main>",
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function renderSection(section: HtmlSection): string {
  const blocks = section.blocks.map(renderBlock).join("\n");
  return `<section>\n<h2>${escapeHtml(section.heading)}</h2>\n${blocks}\n</section>`;
}

function renderBlock(block: HtmlBlock): string {
  switch (block.kind) {
    case "table":
      return renderTable(block.table);
    case "paragraph":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "list":
      return renderList(block.items, block.isPlain);
    case "chart":
      return `<figure>\n<figcaption>${escapeHtml(block.chart.title)}</figcaption>\n${block.chart.svg}\n</figure>`;
  }
}

function renderList(items: readonly string[], isPlain = false): string {
  return `<ul${isPlain ? ' class="plain"' : ""}>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}

function renderTable(table: ReportTable): string {
  const cellOf = (tag: "td" | "th", content: string, column: number, extra = ""): string => {
    const align = table.columns[column]?.align === "right" ? " right" : "";
    const names = `${extra}${align}`.trim();
    return `<${tag}${names === "" ? "" : ` class="${names}"`}>${content}</${tag}>`;
  };
  const head = table.columns.map(({ header }, i) => cellOf("th", escapeHtml(header), i)).join("");
  const rows = table.rows.map((row) => {
    const cells = row.map((cell, i) => cellOf("td", escapeHtml(cellText(cell)), i, toneOf(cell)));
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="table"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
}

function toneOf(cell: Cell): string {
  return typeof cell === "string" || cell.tone === "plain" ? "" : cell.tone;
}
