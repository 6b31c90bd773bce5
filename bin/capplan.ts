#!/usr/bin/env node
/** The executable: hands the command line to the program and its exit code to the shell. */
import { processIo } from "./io";
import { watchOutputErrors } from "./output-errors";
import { runCapplan } from "./program";

watchOutputErrors();
void runCapplan(process.argv.slice(2), processIo()).then((exitCode) => {
  // Not process.exit(): what is still to be written to a pipe would be cut off.
  process.exitCode = exitCode;
});
