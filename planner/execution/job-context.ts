/**
 * What all jobs of an executor share, in the two forms that it travels in: the value, and bytes for threads and for other
 * machines, each made from the other when it is first asked for.
 */
import { type PackedData, packPlain, unpackPlain } from "../foundation/plain-data";

export class JobContext {
  private packed: PackedData | undefined;
  private packedBytes: Uint8Array<SharedArrayBuffer> | undefined;
  private unpacked: { readonly value: unknown } | undefined;
  private knownDigest: string | undefined;

  private constructor() {}

  /** @param value plain data that nobody changes any more */
  static of(value: unknown): JobContext {
    const context = new JobContext();
    context.unpacked = { value };
    return context;
  }

  /** @param bytes of a context with this digest, at the start of their buffer */
  static fromBytes(bytes: Uint8Array<SharedArrayBuffer>, digest: string): JobContext {
    const context = new JobContext();
    context.packedBytes = bytes;
    context.knownDigest = digest;
    return context;
  }

  get value(): unknown {
    this.unpacked ??= { value: unpackPlain(this.bytes) };
    return this.unpacked.value;
  }

  /** The same for the same data, wherever it was packed. */
  get digest(): string {
    this.knownDigest ??= this.pack().digest;
    return this.knownDigest;
  }

  get bytes(): Uint8Array<SharedArrayBuffer> {
    this.packedBytes ??= this.pack().bytes();
    return this.packedBytes;
  }

  private pack(): PackedData {
    this.packed ??= packPlain(this.value);
    return this.packed;
  }
}
