/**
 * `capplan validate [SCENARIO]`: everything that is wrong with a scenario, pools that cannot run included, or every
 * value that it resolves to with where it comes from (given, a default, or derived from others) and the KV cache that
 * its pools come to.
 */
import type { Command } from "commander";
import type { ResolvedFleet } from "../../planner/fleet/resolved-fleet";
import type { ResolvedRow } from "../../planner/fleet/resolved-row";
import type { KvCapacitySummary } from "../../planner/metrics/simulation-summary";
import { plural } from "../../planner/report/format-number";
import { type Cell, type Report, type ReportSection, table } from "../../planner/report/report";
import { kvCapacitySection } from "../../planner/report/simulation/pools";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { ScenarioNote } from "../../planner/scenario/scenario-notes";
import type { Io } from "../io";
import { loadScenario, SCENARIO_ARGUMENT, warnOfPlan } from "../load-scenario";
import { outputOption, overrideOption } from "../options";
import { type OutputFormat, renderAs } from "../render-table";

interface ValidateOptions {
  readonly set?: readonly string[];
  readonly output: OutputFormat;
  readonly quiet?: true;
}

export function configureValidate(command: Command, io: Io): void {
  command
    .argument("[scenario]", SCENARIO_ARGUMENT)
    .option("--set <path=value>", "change a value of the scenario; repeatable", overrideOption)
    .option("--quiet", "print nothing when the scenario is valid")
    .addOption(outputOption())
    .action(async (argument: string | undefined, options: ValidateOptions) => {
      const { describeResolved } = await import("../../planner/scenario/describe-resolved");
      const { scenarioNotes } = await import("../../planner/scenario/scenario-notes");
      const { kvNotes } = await import("../../planner/simulation/kv-notes");
      const loaded = await loadScenario(io, argument, options.set ?? []);
      const { spec, scenario } = loaded;
      warnOfPlan(io, loaded, options.quiet === true);
      const capacities = await checkPools(scenario.fleet);
      if (options.quiet === true) return;
      const rows = describeResolved(spec, scenario);
      const notes = [...scenarioNotes(scenario), ...kvNotes(scenario.fleet)];
      const content = {
        report: () => validationReport(scenario, { rows, notes, capacities }),
        data: () => ({
          schemaVersion: 1,
          scenario: { name: scenario.name, digest: scenario.digest },
          values: rows,
          kvCapacity: capacities,
          notes,
        }),
      };
      io.stdout.write(renderAs(options.output, content, io));
    });
}

interface Findings {
  readonly rows: readonly ResolvedRow[];
  readonly notes: readonly ScenarioNote[];
  /** Of one replica, by pool. */
  readonly capacities: Readonly<Record<string, KvCapacitySummary>>;
}

/** @throws PlannerError with every pool that cannot run: a model that does not fit, settings that exclude each other */
async function checkPools(fleet: ResolvedFleet): Promise<Record<string, KvCapacitySummary>> {
  const { checkEngines } = await import("../../planner/simulation/check-engines");
  const { kvCapacity } = await import("../../planner/simulation/kv-capacity");
  checkEngines(fleet);
  return Object.fromEntries(
    fleet.pools.map((pool) => {
      const { blocks, geometry, tokens, basis, derivation } = kvCapacity(pool);
      return [pool.name, { blocks, blockTokens: geometry.blockTokens, tokens, basis, derivation }];
    }),
  );
}

function validationReport(
  scenario: ResolvedScenario,
  { rows, notes, capacities }: Findings,
): Report {
  const counts = [
    plural(scenario.workloads.length, "workload"),
    plural(scenario.fleet.pools.length, "pool"),
    plural(
      scenario.fleet.pools.reduce((sum, pool) => sum + pool.replicas, 0),
      "replica",
    ),
  ];
  return {
    title: `Scenario ${scenario.name}`,
    answer: [{ text: `Valid: ${counts.join(", ")}.`, tone: "good" }],
    sections: [
      ...groupByRoot(rows).map(([root, members]) => valuesSection(root, members)),
      kvCapacitySection(capacities),
    ].filter((section) => section !== undefined),
    warnings: notes.map((note) => `${note.about}: ${note.message}`),
    reproduce: undefined,
  };
}

function valuesSection(root: string, rows: readonly ResolvedRow[]): ReportSection {
  const columns = ["", "value", "from"].map(
    (header) => ({ header, align: "left", wraps: true }) as const,
  );
  return {
    heading: root,
    blocks: [
      table(
        columns,
        rows.map((row) => valueRow(row, root)),
      ),
    ],
  };
}

/** Runs of rows about the same thing: a workload, a pool, or the scenario itself. */
function groupByRoot(rows: readonly ResolvedRow[]): [string, ResolvedRow[]][] {
  const groups = new Map<string, ResolvedRow[]>();
  for (const row of rows) {
    const root = rootOf(row.path);
    groups.set(root, [...(groups.get(root) ?? []), row]);
  }
  return [...groups];
}

function rootOf(path: string): string {
  const [first = "", second, third, fourth, fifth] = path.split(".");
  if (first === "workloads" && second !== undefined) return `workloads.${second}`;
  if (first !== "fleet") return "scenario";
  if (second === "regions" && fourth === "pools" && fifth !== undefined) {
    return `fleet.regions.${third}.pools.${fifth}`;
  }
  return "fleet";
}

function valueRow(row: ResolvedRow, root: string): Cell[] {
  const isInside = row.path.startsWith(`${root}.`);
  const name = isInside ? row.path.slice(root.length + 1) : row.path;
  return [
    name,
    row.value,
    {
      text: row.note === "" ? row.origin : `${row.origin}: ${row.note}`,
      tone: row.origin === "given" ? "plain" : "quiet",
    },
  ];
}
