/** Outcomes on their way from those who run jobs to the one who iterates over them; nobody waits for the other. */
import { Readable } from "node:stream";
import type { JobOutcome } from "../foundation/job-executor";

export class OutcomeStream<Result> {
  private readonly stream = new Readable({ objectMode: true, read: () => {} });

  push(index: number, outcome: JobOutcome<Result>["outcome"]): void {
    this.stream.push({ index, outcome } satisfies JobOutcome<Result>);
  }

  /** After what has been pushed, no more comes. */
  end(): void {
    this.stream.push(null);
  }

  /** Ends the iteration with an error, without what has not been taken. */
  fail(error: Error): void {
    this.stream.destroy(error);
  }

  outcomes(): AsyncIterable<JobOutcome<Result>> {
    return this.stream;
  }
}
