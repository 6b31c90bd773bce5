/**
 * The analytic bound on requests per second: however hard a replica is pressed, it never works off more. Random engines
 * (dense, mixture of experts, latent attention; parallel in every way; speculation, prefix caching, prompts that are
 * not cut, prefill and decode apart) get twice what the bound allows for up to ten minutes.
 */
import { describe, expect, it } from "@jest/globals";
import { Coverage } from "../support/law-tools";
import { pressedUnit, randomPressed } from "../support/pressed-unit";

const CASES = Number(process.env["BOUND_CASES"] ?? 60);

describe("the throughput bound", () => {
  it("is never beaten by a saturated simulation", () => {
    const seen = new Coverage();
    const beaten: string[] = [];
    const shares: number[] = [];
    for (let number = 1; number <= CASES; number++) {
      const pressed = randomPressed(number);
      const { share } = pressedUnit(pressed);
      shares.push(share);
      for (const trait of pressed.traits) seen.add(trait, 1);
      // A hundredth: what is in flight at both ends of the window.
      if (share > 1.01) beaten.push(`${number}: ${share}`);
    }
    expect(beaten).toEqual([]);
    // A bound that nothing comes near would bound nothing.
    shares.sort((a, b) => a - b);
    expect(shares[Math.floor(shares.length / 2)]).toBeGreaterThan(0.4);
    if (CASES < 60) return;
    const traits = "dense moe mla tp pp dp ep speculation cache uncut split";
    seen.expectAll(traits.split(" "), 2);
  });
});
