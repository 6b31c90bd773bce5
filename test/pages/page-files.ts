/** The files of docs/scenarios as they are when written now: path from the root of the repository → text. */
import type { Lesson } from "./lesson";
import { renderPicture } from "./picture";
import { picturePath, renderIndex, renderPage } from "./render-page";
import { runLesson } from "./run-lesson";

export const FOLDER = "docs/scenarios";

/** The page of one lesson and its pictures. */
export function lessonFiles(lesson: Lesson): ReadonlyMap<string, string> {
  const runOf = runLesson(lesson);
  return new Map([
    [`${FOLDER}/${lesson.scenario}.md`, renderPage(lesson, runOf)],
    ...lesson.pictures.map(
      (picture) =>
        [
          `${FOLDER}/${picturePath(lesson, picture.name)}`,
          renderPicture(lesson, picture, runOf),
        ] as const,
    ),
  ]);
}

export function indexFile(lessons: readonly Lesson[]): readonly [path: string, text: string] {
  return [`${FOLDER}/README.md`, renderIndex(lessons)];
}
