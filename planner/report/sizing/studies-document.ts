/**
 * Frontiers, what-ifs and variants as parts of the report of the sizing that they belong to. Every figure comes from the
 * studies; nothing is computed here.
 */
import type { SizingStudies } from "../../sizing/studies/sizing-studies";
import type { Report, ReportLine, ReportSection } from "../report";
import { frontierAnswer, frontierSection } from "./frontier-report";
import { scalingAnswer, scalingSections } from "./scaling-report";
import { whatIfAnswer, whatIfSections } from "./what-if-report";

/** The report of a sizing with what was asked around it: its own answer and sections come first. */
export function withStudies(report: Report, studies: SizingStudies): Report {
  return {
    ...report,
    answer: [...report.answer, ...studiesAnswer(studies)],
    sections: [...report.sections, ...studiesSections(studies)],
  };
}

function studiesAnswer({ frontiers, whatIfs, scaling }: SizingStudies): ReportLine[] {
  return [
    ...(scaling === null ? [] : scalingAnswer(scaling)),
    ...(whatIfs === null ? [] : whatIfAnswer(whatIfs)),
    ...frontiers.flatMap(frontierAnswer),
  ];
}

function studiesSections({ frontiers, whatIfs, scaling }: SizingStudies): ReportSection[] {
  return [
    ...(scaling === null ? [] : scalingSections(scaling)),
    ...(whatIfs === null ? [] : whatIfSections(whatIfs)),
    ...frontiers.map(frontierSection),
  ];
}

/** What JSON shows: everything but the whole scenarios of the variants. */
export function studiesData({ scaling, ...studies }: SizingStudies) {
  return {
    ...studies,
    scaling:
      scaling === null
        ? null
        : { ...scaling, variants: scaling.variants.map(({ spec: _, ...variant }) => variant) },
  };
}
