/** Figures of models recomputed from their dimensions, and against published sizes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { findModel } from "../../../planner/catalog/lookup";
import { models } from "../../../planner/catalog/models";
import type { ModelSpec } from "../../../planner/catalog/specs";
import { describeWithSharedData, sharedDataPath } from "../../support/shared-data";

function model(name: string): ModelSpec {
  const lookup = findModel(name);
  if (!lookup.found) throw new Error(`no model ${name}`);
  return lookup.row;
}

/**
 * Key and value of every KV head, or one latent and one rotary key, in 16 bits over the layers that
 * keep them.
 */
function kvBytesFromDimensions(row: ModelSpec): number {
  const layers = row.layers - (row.linearAttentionLayers ?? 0);
  const values =
    row.latentAttention === undefined
      ? 2 * row.kvHeads * row.headDim
      : row.latentAttention.kvRank + row.latentAttention.ropeHeadDim;
  return layers * values * 2;
}

describe("for all models", () => {
  it("KV bytes per token follow from the dimensions", () => {
    for (const row of models) {
      expect([row.name, row.kvBytesPerToken16]).toEqual([row.name, kvBytesFromDimensions(row)]);
    }
  });

  it("heads are a multiple of KV heads", () => {
    for (const row of models) expect(row.heads % row.kvHeads).toBe(0);
  });

  it("active parameters are the total less the experts that a token does not visit", () => {
    for (const row of models) {
      const moe = row.mixtureOfExperts;
      if (moe === undefined) {
        expect([row.name, row.activeParameters]).toEqual([row.name, row.parameters]);
        continue;
      }
      const idle = moe.layers * (moe.experts - moe.expertsPerToken) * moe.parametersPerExpert;
      // Qwen3.5 is known by the rounded sizes in its name.
      const tolerance = row.linearAttentionLayers === undefined ? 0 : 0.02;
      const strayed = Math.abs(row.parameters - idle - row.activeParameters) / row.parameters;
      expect([row.name, strayed <= tolerance]).toEqual([row.name, true]);
    }
  });

  it("experts, windows and layers are within the model", () => {
    for (const row of models) {
      expect(row.mixtureOfExperts?.layers ?? 0).toBeLessThanOrEqual(row.layers);
      expect(row.slidingWindow?.layers ?? 0).toBeLessThan(row.layers);
      expect(row.slidingWindow?.tokens ?? 0).toBeLessThan(row.contextWindowTokens);
    }
  });
});

describe("published sizes", () => {
  // Safetensors headers and model cards on huggingface.co; active counts as the publishers give
  // them, who leave out
  // embeddings in some cases, hence the tolerance.
  it.each([
    ["llama-3.1-8b-instruct", 8.03e9, 8.03e9, 0.001],
    ["llama-3.1-70b-instruct", 70.6e9, 70.6e9, 0.001],
    ["llama-3.1-405b-instruct", 405.9e9, 405.9e9, 0.001],
    ["mixtral-8x7b", 46.7e9, 12.9e9, 0.005],
    ["deepseek-v3", 671e9, 37e9, 0.02],
    ["qwen3-235b-a22b", 235e9, 22e9, 0.02],
    ["qwen3-30b-a3b", 30.5e9, 3.3e9, 0.02],
    ["kimi-k2", 1.04e12, 32e9, 0.03],
    ["gemma-3-27b-it", 27e9, 27e9, 0.02],
    ["phi-4", 14.7e9, 14.7e9, 0.01],
  ])("%s", (name, parameters, active, tolerance) => {
    expect(Math.abs(model(name).parameters / parameters - 1)).toBeLessThan(tolerance);
    expect(Math.abs(model(name).activeParameters / active - 1)).toBeLessThan(tolerance);
  });

  it("has every kind of attention", () => {
    expect(models.some((row) => row.latentAttention !== undefined)).toBe(true);
    expect(models.some((row) => row.slidingWindow !== undefined)).toBe(true);
    expect(models.some((row) => row.kvHeads === 1)).toBe(true);
    expect(models.some((row) => row.kvHeads === row.heads)).toBe(true);
    expect(models.some((row) => row.mixtureOfExperts !== undefined)).toBe(true);
  });
});

describeWithSharedData("models against the table of dimensions", () => {
  const rows = parse(readFileSync(sharedDataPath("models.csv")!, "utf8"), {
    columns: true,
  }) as Record<string, string>[];

  it("has every model of it, with the same parameters within 1 %", () => {
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      const { parameters, activeParameters } = model(row["model"]!);
      const total = parameters / 1e9 / Number(row["total_params_b"]);
      const active = activeParameters / 1e9 / Number(row["active_params_b"]);
      expect([row["model"], Math.abs(total - 1) < 0.01, Math.abs(active - 1) < 0.01]).toEqual([
        row["model"],
        true,
        true,
      ]);
    }
  });

  it("finds every model by its Hugging Face id", () => {
    for (const row of rows) expect(findModel(row["hf_id"]!).found).toBe(true);
  });

  it("recomputes the parameters of dense models from their widths within 0.5 %", () => {
    for (const row of rows.filter((candidate) => candidate["arch"] === "dense")) {
      const number = (key: string): number => Number(row[key]);
      const attention =
        2 * number("hidden") * number("head_dim") * (number("heads") + number("kv_heads"));
      const feedForward = number("ffn_matrices") * number("hidden") * number("ffn_intermediate");
      const embeddings =
        number("vocab") * number("hidden") * (row["tied_embeddings"] === "1" ? 1 : 2);
      const sum = embeddings + number("layers") * (attention + feedForward);
      expect([row["model"], Math.abs(model(row["model"]!).parameters / sum - 1) < 0.005]).toEqual([
        row["model"],
        true,
      ]);
    }
  });
});
