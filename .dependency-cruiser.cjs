// Direction of dependencies: inside planner/ only leftwards in this order; see planner/README.md.
const order = [
  "foundation",
  "catalog",
  "fleet",
  "scenario",
  "traffic",
  "simulation",
  "cost",
  "metrics",
  "stress",
  "sizing",
  "(report|plan)",
  "execution",
];
const later = (index) => order.slice(index + 1).join("|");

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...order.slice(0, -1).map((folder, index) => ({
      name: `${folder.replace(/[()]/g, "")}-imports-left-only`,
      severity: "error",
      from: { path: `^planner/${folder}/` },
      to: { path: `^planner/(${later(index)})/` },
    })),
    {
      name: "report-and-plan-are-siblings",
      severity: "error",
      from: { path: "^planner/report/" },
      to: { path: "^planner/plan/" },
    },
    {
      name: "plan-and-report-are-siblings",
      severity: "error",
      from: { path: "^planner/plan/" },
      to: { path: "^planner/report/" },
    },
    {
      name: "planner-is-pure",
      severity: "error",
      from: { path: "^planner/" },
      to: { path: "node_modules/(@pulumi|commander)/|^(bin|components|stacks)/" },
    },
    {
      name: "components-know-no-plan",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^(planner|stacks|bin)/|node_modules/(zod|commander)/" },
    },
    {
      name: "stacks-see-only-the-plan",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^planner/", pathNot: "^planner/plan/" },
    },
    {
      name: "stacks-see-only-what-components-offer",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^components/", pathNot: "^components/(foundation/[^/]+|[^/]+/index)\\.ts$" },
    },
    {
      name: "nothing-imports-the-stacks",
      severity: "error",
      from: { path: "^(bin|planner|components)/" },
      to: { path: "^stacks/" },
    },
    {
      name: "cli-has-no-cloud",
      severity: "error",
      from: { path: "^bin/" },
      to: { path: "^(components|stacks)/|node_modules/@pulumi/" },
    },
    {
      name: "nothing-imports-the-tests",
      severity: "error",
      from: { path: "^(bin|planner|components|stacks)/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
