/** Most replications of a scenario, said once for its file and for the command, which starts without the schema. */

/** Intervals narrow with the square root of it: beyond this more runs tell nothing. */
export const REPLICATIONS_MAX = 1000;
