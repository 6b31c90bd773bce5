/**
 * Durations of a scenario: those of the schema kit, with a description for editors that says what a number without
 * a unit is. Messages of problems keep the short description.
 */
import { z } from "zod";
import { duration as quantity } from "../fleet/schema-kit";

/** Seconds, from `250 ms`, `1h30m`. */
export const duration: typeof quantity = (description, limits = {}) => {
  const schema = quantity(description, limits);
  return schema.meta({
    ...z.globalRegistry.get(schema),
    description: `${description}. Needs a unit (ms, s, min, h, d): a bare number other than 0 is refused`,
  });
};
