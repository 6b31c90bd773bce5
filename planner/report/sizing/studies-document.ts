/**
 * Frontiers, what-ifs and variants as one document, or as parts of the report of the sizing that they belong to. Every
 * figure comes from the studies; nothing is computed here.
 */
import type { SizingStudies } from "../../sizing/studies/sizing-studies";
import type { Report, ReportLine, ReportSection } from "../report";
import { frontierAnswer, frontierSection } from "./frontier-report";
import { scalingAnswer, scalingSections } from "./scaling-report";
import { whatIfAnswer, whatIfSections } from "./what-if-report";

export interface StudiesDocumentOptions {
  /** Name of the scenario. */
  readonly scenario: string;
  /** The command line that gives the same result again. */
  readonly reproduce: string;
}

export function studiesDocument(
  studies: SizingStudies,
  { scenario, reproduce }: StudiesDocumentOptions,
): Report {
  return {
    title: `Around the sizing of ${scenario}`,
    answer: studiesAnswer(studies),
    sections: studiesSections(studies),
    warnings: [],
    reproduce,
  };
}

export function studiesAnswer({ frontiers, whatIfs, scaling }: SizingStudies): ReportLine[] {
  return [
    ...(scaling === null ? [] : scalingAnswer(scaling)),
    ...(whatIfs === null ? [] : whatIfAnswer(whatIfs)),
    ...frontiers.flatMap(frontierAnswer),
  ];
}

export function studiesSections({ frontiers, whatIfs, scaling }: SizingStudies): ReportSection[] {
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
