/**
 * The bytes of a trace as text bytes: gunzipped when they begin with gzip's magic number, without
 * byte order mark, and refused when they are plainly no text. One chunk in memory at a time.
 */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PlannerError } from "../../foundation/errors";

export type Chunks = AsyncIterable<Uint8Array>;

const GZIP_MAGIC = [0x1f, 0x8b];
const HEAD_BYTES = 65_536;

/** Text that begins a trace, and all of its bytes with the beginning put back. */
export interface TextBytes {
  /** First 64 KiB (or fewer when there are not as many), decoded. */
  readonly head: string;
  readonly chunks: Chunks;
}

/** @throws PlannerError when the source is empty, binary, in another encoding, or a broken gzip. */
export async function openText(chunks: Chunks, source: string): Promise<TextBytes> {
  const raw = await peek(chunks, GZIP_MAGIC.length);
  const isGzip = GZIP_MAGIC.every((byte, index) => raw.head[index] === byte);
  const text = await peek(isGzip ? gunzip(raw.chunks, source) : raw.chunks, HEAD_BYTES);
  refuseWhatIsNoText(text.head, source);
  const markBytes = text.head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  return {
    head: text.head.subarray(markBytes, HEAD_BYTES).toString("utf8"),
    chunks: skipBytes(text.chunks, markBytes),
  };
}

/** Reads until `bytes` are there, and yields them again before the rest. */
async function peek(chunks: Chunks, bytes: number): Promise<{ head: Buffer; chunks: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* taken;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  return { head: Buffer.concat(taken), chunks: all() };
}

async function* skipBytes(chunks: Chunks, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function* gunzip(chunks: Chunks, source: string): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  const input = Readable.from(chunks, { objectMode: false });
  // `pipe` does not pass errors on: a source that fails must fail the reader too.
  input.on("error", (error) => unzip.destroy(error));
  input.pipe(unzip);
  try {
    yield* unzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw gzipProblem(error, source);
  } finally {
    input.destroy();
    unzip.destroy();
  }
}

function gzipProblem(error: unknown, source: string): unknown {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  if (typeof code !== "string" || !code.startsWith("Z_")) return error;
  const message =
    code === "Z_BUF_ERROR"
      ? "the gzip stream ends too early: the file is truncated"
      : "the gzip stream is damaged";
  const hint = "fetch the file again, and check it with `gzip -t`";
  return new PlannerError([{ code: "unreadable-file", path: source, message, hint }]);
}

function refuseWhatIsNoText(head: Buffer, source: string): void {
  if (head.length === 0 || head.toString("latin1").trim() === "") {
    throw new PlannerError([{ code: "empty", path: source, message: "the file is empty" }]);
  }
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (!isUtf16 && !head.subarray(0, HEAD_BYTES).includes(0)) return;
  const message = isUtf16
    ? "is encoded in UTF-16; a trace is UTF-8 text"
    : "is a binary file; a trace is CSV or JSON lines, plain or gzipped";
  throw new PlannerError([
    {
      code: "unreadable-file",
      path: source,
      message,
      ...(isUtf16 ? { hint: "convert it with `iconv -f UTF-16 -t UTF-8`" } : {}),
    },
  ]);
}
