/**
 * Network interfaces of a node with Elastic Fabric Adapter. The first card carries the node's address and an adapter
 * beside it, every other card an adapter only, which takes no address of the subnet
 * (docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html). Pure.
 */

/** One interface, in the words of the launch template and of Karpenter's node class. */
export interface NetworkInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType: "interface" | "efa-only";
}

/**
 * The interfaces of a node.
 * @param networkCards Cards of the instance type, at least one.
 */
export function efaInterfaces(networkCards: number): readonly NetworkInterface[] {
  const adapters = Array.from({ length: networkCards }, (_, networkCardIndex) => ({
    networkCardIndex,
    // The first card's first device is the one that carries the address.
    deviceIndex: networkCardIndex === 0 ? 1 : 0,
    interfaceType: "efa-only" as const,
  }));
  return [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" }, ...adapters];
}
