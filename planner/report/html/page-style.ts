/**
 * The style sheet of HTML reports. System fonts, one column, tables that scroll on a small screen,
 * black on white on paper. Chart colours keep 3:1 contrast with the ground in both schemes.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c2024; --quiet: #5b6470; --line: #d9dee4;
  --good: #18794e; --bad: #c62a2f; --unsure: #96650a; --note: #fff7e0;
  --chart-ink: #5b6470; --chart-grid: #dfe3e8; --chart-1: #0b68cb; --chart-2: #c2410c; --chart-3: #18794e;
  --chart-4: #7c3aed; --chart-5: #0e7490; --chart-6: #be185d; --chart-window: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e9ec; --quiet: #9aa4b0; --line: #333a42;
  --good: #4cc38a; --bad: #ff7b80; --unsure: #f1a10d; --note: #2b2411;
  --chart-ink: #9aa4b0; --chart-grid: #2c3238; --chart-1: #5aa9ff; --chart-2: #ff9350; --chart-3: #4cc38a;
  --chart-4: #b794ff; --chart-5: #4fc3d9; --chart-6: #ff7eb6; --chart-window: #f1a10d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
p { margin: .5rem 0; max-width: 44rem; }
.answer { font-size: 1.1rem; }
aside { background: var(--note); border-left: 4px solid var(--unsure); padding: .5rem 1rem; margin: 1rem 0; }
aside ul { margin: 0; padding-left: 1rem; }
.table { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; color: var(--quiet); }
.right { text-align: right; padding: .3rem 0 .3rem .9rem; }
.right + :not(.right) { padding-left: .9rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); } .quiet { color: var(--quiet); }
.plain { list-style: none; padding-left: 0; }
figure { margin: 1.25rem 0; }
figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .25rem; }
figure svg { display: block; width: 100%; height: auto; }
@media print { :root { --ground: #fff; --ink: #000; --quiet: #444; --line: #bbb; --note: #fff; --chart-ink: #444;
  --chart-grid: #ddd; --chart-1: #0b68cb; --chart-2: #c2410c; --chart-3: #18794e; --chart-4: #7c3aed;
  --chart-5: #0e7490; --chart-6: #be185d; --chart-window: #b45309; }
  main { max-width: none; padding: 0; } h2, figure, tr, aside { break-inside: avoid; } h2 { break-after: avoid; } }
`;
