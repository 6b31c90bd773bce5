/** All rules, in the order in which they are shown. */
import type { Policies } from "@pulumi/policy";
import { resourcesAreAllocated } from "./allocation";
import { fleetHasBudget } from "./budget";
import { gatewaysAskWhoCalls } from "./client-access";
import { clusterSecretsAreEncrypted, controlPlaneIsPrivate } from "./control-plane";
import { deadLettersAreKept, queuesHaveDeadLetters } from "./dead-letters";
import { bucketsAreClosed, dataIsEncrypted, dataIsUnderOwnKeys } from "./encryption";
import { onlyEdgeIsOpen } from "./exposure";
import { failoverIsComplete } from "./failover";
import { gpuPoolsAreWithinPlan } from "./gpu-pools";
import { gpuImagesArePinned, podsAreUnprivileged } from "./pods";
import { rightsAreNarrow } from "./rights";
import { timeoutsOutlastStreams } from "./timeouts";

export const rules: Policies = [
  controlPlaneIsPrivate,
  clusterSecretsAreEncrypted,
  dataIsEncrypted,
  bucketsAreClosed,
  dataIsUnderOwnKeys,
  queuesHaveDeadLetters,
  deadLettersAreKept,
  failoverIsComplete,
  timeoutsOutlastStreams,
  gpuPoolsAreWithinPlan,
  fleetHasBudget,
  resourcesAreAllocated,
  onlyEdgeIsOpen,
  gatewaysAskWhoCalls,
  gpuImagesArePinned,
  podsAreUnprivileged,
  rightsAreNarrow,
];
