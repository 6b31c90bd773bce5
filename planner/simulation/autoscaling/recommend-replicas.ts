/**
 * How many replicas one sample of the metric asks for: the Horizontal Pod Autoscaler's calculation for a metric with
 * a target average per pod. It knows no history; windows, step limits and bounds come after it.
 *
 * Followed: "Algorithm details" of https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ and
 * `calcPlainMetricReplicas` of kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go:
 *
 *   desired = ceil(current replicas × average / target) = ceil(load / target)
 *
 * and no change while the ratio is within 1 ± tolerance. A replica that is wanted and not ready (it starts, or was
 * lost) is a pod without metrics: it counts with no load when the ready ones are above the target, and as if it were
 * at its target when they are below; where that turns the direction round, nothing changes. So a slow start is
 * neither answered by more and more replicas, nor cut short because few replicas carry the load of many.
 *
 * Two differences. A load that is known while no replica is ready (a queue's depth) counts in full, as an external
 * metric's does; the controller has no metric of pods to go by then. So does a load measured over more replicas than
 * are wanted by now, because the sample is old; the controller forgets what pods that are gone had.
 */
import { isAtLeast, roundUp } from "./whole-replicas";

/**
 * The replicas that `load` asks for; more for more load.
 *
 * @param load over all ready replicas, in the unit of the target
 * @param ready replicas that the load is measured over
 * @param wanted replicas asked for so far, ready or not
 * @param target load per replica, > 0
 */
export function recommendReplicas(
  load: number,
  ready: number,
  wanted: number,
  target: number,
  tolerance: number,
): number {
  const reporting = Math.min(ready, wanted);
  const needed = load / target;
  if (needed > reporting) {
    return isAtLeast(wanted * (1 + tolerance), needed) ? wanted : roundUp(needed);
  }
  const neededBesideUnready = needed + wanted - reporting;
  return isAtLeast(neededBesideUnready, wanted * (1 - tolerance))
    ? wanted
    : roundUp(neededBesideUnready);
}
