/** The policy pack: `pulumi preview --policy-pack stacks/policy`. */
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("capplan", { policies: rules, enforcementLevel: "mandatory" });
