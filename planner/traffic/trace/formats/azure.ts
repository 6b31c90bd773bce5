/**
 * Azure LLM inference traces of 2023 (Splitwise, ISCA 2024) and 2024 (DynamoLLM, HPCA 2025).
 * Times are UTC to 100 ns; the 2024 files write the zone, those of 2023 do not.
 * Source: github.com/Azure/AzurePublicDataset.
 */
import { rowFormat } from "./trace-format";

export const azure = rowFormat({
  name: "azure",
  arrival: { column: "TIMESTAMP", unit: "iso" },
  input: "ContextTokens",
  output: "GeneratedTokens",
});
