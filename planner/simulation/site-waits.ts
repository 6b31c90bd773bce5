/**
 * How long a new request would wait for its first token, as a gateway can know it: from what its last requests have
 * seen. The estimate fades while nothing new is seen, so that a gateway that refuses everything tries again.
 */

/** Weight of a new observation. */
const WEIGHT = 0.1;
/** What is this old counts half. */
const HALF_LIFE_SECONDS = 5;

class WaitEstimate {
  private value = 0;
  private sinceSeconds = 0;

  /** A request had its first token after `waitSeconds`. */
  observe(waitSeconds: number, seconds: number): void {
    this.value += WEIGHT * (waitSeconds - this.value);
    this.sinceSeconds = seconds;
  }

  at(seconds: number): number {
    return this.value * 2 ** ((this.sinceSeconds - seconds) / HALF_LIFE_SECONDS);
  }
}

/** An estimate for each site and model. */
export class SiteWaits {
  private readonly models: number;
  private readonly estimates: readonly WaitEstimate[];

  constructor(sites: number, models: number) {
    this.models = models;
    this.estimates = Array.from({ length: sites * models }, () => new WaitEstimate());
  }

  /** A request had its first token after `waitSeconds`. */
  observe(site: number, model: number, waitSeconds: number, seconds: number): void {
    this.estimates[site * this.models + model]!.observe(waitSeconds, seconds);
  }

  at(site: number, model: number, seconds: number): number {
    return this.estimates[site * this.models + model]!.at(seconds);
  }
}
