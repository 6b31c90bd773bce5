/** Which characters count: Unicode 15, properties General_Category = Cc and Bidi_Control (PropList.txt). */
import { describe, expect, it } from "@jest/globals";
import { escapeControls, hasControls } from "../../../planner/foundation/control-characters";

describe("control characters", () => {
  it.each([
    ["\u0007", "\\u0007"],
    ["\u001b[2J", "\\u001b[2J"],
    ["\u0085", "\\u0085"],
    ["\u061c", "\\u061c"],
    ["\u200e\u200f", "\\u200e\\u200f"],
    ["\u202a\u202e", "\\u202a\\u202e"],
    ["\u2066\u2069", "\\u2066\\u2069"],
    ["\u2028\u2029", "\\u2028\\u2029"],
  ])("are found and escaped: %j", (text, escaped) => {
    expect(hasControls(text)).toBe(true);
    expect(escapeControls(`a${text}b`)).toBe(`a${escaped}b`);
  });

  it("are not letters of any script, marks or emoji", () => {
    const text = "Größe, 東京, مرحبا, 👩‍💻, 50 %";
    expect(hasControls(text)).toBe(false);
    expect(escapeControls(text)).toBe(text);
  });
});
