/**
 * The pages of docs/scenarios against the runs that they show, and against each other. A page that no longer fits is
 * written anew by `npm run pages`, after a look at what changed.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { lessons } from "./lessons";
import { FOLDER, indexFile, lessonFiles } from "./page-files";
import { picturePath, renderPage } from "./render-page";
import { ROOT, scenarioOf } from "./run-lesson";

const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

describe("the pages of docs/scenarios", () => {
  it.each(lessons)("$scenario says and shows what its runs do now", (lesson) => {
    const files = [...lessonFiles(lesson)];
    const changed = files.filter(([file, text]) => {
      return !existsSync(path.join(ROOT, file)) || read(file) !== text;
    });
    expect(changed.map(([file]) => file)).toEqual([]);
  });

  it("has an index that lists every page", () => {
    const [file, text] = indexFile(lessons);
    expect(read(file)).toBe(text);
    for (const { scenario } of lessons) expect(text).toContain(`](${scenario}.md)`);
  });

  it("has no page and no picture beside those of the lessons", () => {
    const pages = readdirSync(path.join(ROOT, FOLDER)).filter((file) => file.endsWith(".md"));
    expect(pages.toSorted()).toEqual(
      ["README.md", ...lessons.map(({ scenario }) => `${scenario}.md`)].toSorted(),
    );
    const pictures = readdirSync(path.join(ROOT, FOLDER, "pictures"));
    const shown = lessons.flatMap((lesson) =>
      lesson.pictures.map(({ name }) => path.basename(picturePath(lesson, name))),
    );
    expect(pictures.toSorted()).toEqual(shown.toSorted());
  });

  it.each(lessons)("$scenario links to files that are there", ({ scenario }) => {
    const targets = [...read(`${FOLDER}/${scenario}.md`).matchAll(/\]\(([^)#]+)/g)].map(
      (match) => match[1]!,
    );
    expect(targets.length).toBeGreaterThan(2);
    const missing = targets.filter((target) => !existsSync(path.join(ROOT, FOLDER, target)));
    expect(missing).toEqual([]);
  });
});

describe("a lesson", () => {
  it.each(lessons)("of $scenario begins with the file as it is", ({ variants }) => {
    expect(variants[0]!.set).toEqual([]);
    expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
  });

  it("is refused when its runs do not show what it says", () => {
    const untrue = { says: () => "the moon is a replica", holds: () => false };
    const noRun = () => {
      throw new Error("no run is looked at");
    };
    expect(() => renderPage({ ...lessons[0]!, variants: [], claims: [untrue] }, noRun)).toThrow(
      /retry-storm do not show what its page says:\n- the moon is a replica/,
    );
  });

  it("of a retry storm changes the breaker and the clients' retries and nothing else", () => {
    const lesson = lessons.find(({ scenario }) => scenario === "retry-storm")!;
    const [asIs, ...others] = lesson.variants.map((variant) => scenarioOf(lesson, variant));
    for (const other of others) {
      const { fleet, workloads, faults, ...rest } = other;
      const pools = fleet.pools.map((pool, index) => ({
        ...pool,
        circuitBreaker: asIs!.fleet.pools[index]!.circuitBreaker,
      }));
      const restored = {
        ...rest,
        digest: asIs!.digest,
        faults: asIs!.faults,
        fleet: { ...fleet, pools },
        workloads: workloads.map((workload, index) => {
          const { retries } = asIs!.workloads[index]!.client;
          return { ...workload, client: { ...workload.client, retries } };
        }),
      };
      expect(restored).toEqual(asIs);
    }
  });
});
