/** The built-in scenarios that can be simulated: those that have a fleet. */
import { builtInScenarios } from "../../planner/scenario/built-in-scenarios";

export const builtInFleets = builtInScenarios.filter(({ isToBeSized }) => !isToBeSized);
