import { describe, expect, it } from "@jest/globals";
import { transformed } from "../../../components/foundation/transform";

interface QueueArgs {
  readonly delaySeconds?: number;
  readonly name?: string;
}

const args: QueueArgs = Object.freeze({ delaySeconds: 1, name: "jobs" });
const opts = Object.freeze({ protect: true });

describe("transformed", () => {
  it("passes everything on when there is no transform", () => {
    expect(transformed<QueueArgs>(undefined, "jobs-queue", args, opts)).toEqual([
      "jobs-queue",
      args,
      opts,
    ]);
  });

  it("replaces arguments key by key, and touches nothing that it was given", () => {
    const [name, changed, kept] = transformed(
      { delaySeconds: 9 } as Partial<QueueArgs>,
      "jobs-queue",
      args,
      opts,
    );
    expect(name).toBe("jobs-queue");
    expect(changed).toEqual({ delaySeconds: 9, name: "jobs" });
    expect(kept).toBe(opts);
    expect(args).toEqual({ delaySeconds: 1, name: "jobs" });
  });

  it("lets a function see the name and change arguments and options", () => {
    const [, changed, changedOpts] = transformed<QueueArgs>(
      (given, target) => ({
        args: { ...given, name: target.name },
        opts: { ...target.opts, protect: false },
      }),
      "jobs-queue",
      args,
      opts,
    );
    expect(changed).toEqual({ delaySeconds: 1, name: "jobs-queue" });
    expect(changedOpts).toEqual({ protect: false });
  });
});
