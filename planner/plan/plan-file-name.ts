/** Which files are plans: by their name, so that nothing else has to be loaded to know. */

/** Whether a file of this name is read as a plan. */
export function isPlanFile(name: string): boolean {
  return /\.plan\.json$/i.test(name);
}
