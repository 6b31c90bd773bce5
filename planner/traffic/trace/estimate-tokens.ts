/**
 * Tokens of a text, estimated from its characters: no tokenizer of the model is at hand where a trace is read.
 *
 * Measured with the vocabularies of GPT-4 (cl100k), GPT-4o (o200k) and Llama 3, characters per token: 4.0 over 600 kB
 * of English documentation with examples of code, 3.4 to 4.9 in nine of ten documents; 4.6 in its prose alone; 2.8 in
 * TypeScript; 3.7 to 4.5 in German, Spanish, French, Italian and Portuguese; 2.4 to 4.0 in Czech, Polish, Russian
 * and Turkish; 1.0 to 2.0 in Chinese, Japanese and Korean. Others say the same of English: 4 (Google, Gemini API,
 * "Understand and count tokens"), 3.3 (DeepSeek API, "Token & Token Usage", which has 1.7 for Chinese).
 */
import type { LengthEstimate } from "../../scenario/trace-table";

const CHARACTERS_PER_TOKEN = 4;
/** Of Chinese, Japanese and Korean. */
const WIDE_CHARACTERS_PER_TOKEN = 1.5;

/** What the estimate is and how far it is off, for whoever uses the lengths. */
export function estimateOf(lengths: LengthEstimate["of"]): LengthEstimate {
  return {
    of: lengths,
    charactersPerToken: CHARACTERS_PER_TOKEN,
    wideCharactersPerToken: WIDE_CHARACTERS_PER_TOKEN,
    // 4 / 3.4 and 4 / 4.9; 4 / 2.8.
    englishError: 0.2,
    codeExcess: 0.45,
  };
}

/** At least 1 for a text that is not empty. */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i++) if (isWide(text.charCodeAt(i))) wide++;
  const tokens = (text.length - wide) / CHARACTERS_PER_TOKEN + wide / WIDE_CHARACTERS_PER_TOKEN;
  return text === "" ? 0 : Math.max(1, Math.round(tokens));
}

/** Kana, ideographs, Hangul, and the forms of full width beside them. */
function isWide(unit: number): boolean {
  if (unit < 0x2e80) return unit >= 0x1100 && unit <= 0x11ff;
  return (
    unit <= 0xa4cf ||
    (unit >= 0xac00 && unit <= 0xd7af) ||
    (unit >= 0xf900 && unit <= 0xfaff) ||
    (unit >= 0xff00 && unit <= 0xffef)
  );
}
