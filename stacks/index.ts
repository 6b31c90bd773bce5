/** The Pulumi program: one layer of one place of a capacity plan, as the stack's configuration says. */
import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import { runStack } from "./run-stack";

// What is exported is the stack's output; the program has no other name.
export = runStack({ config: allConfig(), root: pulumi.getRootDirectory() });
