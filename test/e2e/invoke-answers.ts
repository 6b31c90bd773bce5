/** What the stand-ins answer to the functions that the programs call. */
import type { InvokeAnswers } from "../support/provider-stand-ins/provider-server";

export const invokeAnswers: InvokeAnswers = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
};
