/** Waiting for several things at once, none of which goes on unseen when another fails. */

/**
 * Their results, in their order, when all are over.
 *
 * @throws what the first of them in their order threw, whichever failed first
 */
export async function settleAll<Result>(
  promises: readonly Promise<Result>[],
): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
