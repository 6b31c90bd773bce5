/**
 * Rules of Prometheus as plain data, in the form that rule files, PrometheusRule objects, rule groups of AMP and Rules of
 * GMP share; and how the pieces of an expression are written.
 */

/** How urgent an alert is: `page` wakes somebody, `ticket` waits for the next working day. */
export type AlertSeverity = "page" | "ticket";

/** A series that is computed ahead. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A condition that somebody is told of. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** Time for which it must hold: `10m`. */
  readonly for: string;
  readonly labels: Readonly<Record<string, string>> & { readonly severity: AlertSeverity };
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** What an alert says, in short and in long. */
export interface AlertText {
  readonly summary: string;
  readonly description: string;
}

/** Matchers of a series: `{a="1",b="2"}`. */
export function selector(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
  return matchers.length === 0 ? "" : `{${matchers.join(",")}}`;
}

/** A text as a string of PromQL. */
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
}

/** A text that a regular expression of RE2 matches as it is, inside a string of PromQL. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** A number without the noise of binary fractions: 0.1 × 3 is 0.3. */
export function decimal(value: number): string {
  return String(Number(value.toPrecision(12)));
}
