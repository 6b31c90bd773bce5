/** `capplan init [FILE]`: writes a commented scenario to start from; never over an existing file unasked. */
import fs from "node:fs";
import type { Command } from "commander";
import { UsageError } from "../describe-error";
import { type Io, resolvePath } from "../io";
import { DEFAULT_FILE } from "../load-scenario";
import { OutputFiles, openOutputFile } from "../output-file";
import { shellCommand } from "../shell-words";

interface InitOptions {
  readonly force?: true;
}

export function configureInit(command: Command, io: Io): void {
  command
    .argument("[file]", "file to write; - is stdout", DEFAULT_FILE)
    .option("--force", "replace the file when it exists")
    .action(async (file: string, options: InitOptions) => {
      const isForced = options.force === true || file === "-";
      if (!isForced && fs.existsSync(resolvePath(io, file))) {
        throw new UsageError(
          `${file}: exists already`,
          "give another file name, or --force to replace it",
        );
      }
      const { INIT_TEMPLATE } = await import("../../planner/scenario/init-template");
      const files = new OutputFiles();
      try {
        files.add(openOutputFile(io, file)).write(INIT_TEMPLATE);
        files.commit();
      } finally {
        files.discard();
      }
      if (file !== "-") {
        const next = shellCommand([
          "capplan",
          "simulate",
          ...(file === DEFAULT_FILE ? [] : [file]),
        ]);
        io.stderr.write(`wrote ${file}; run it with: ${next}\n`);
      }
    });
}
