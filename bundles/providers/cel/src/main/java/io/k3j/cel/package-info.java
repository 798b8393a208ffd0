/// Kubernetes' CEL on cel-java: its parser, type checker, macros and standard functions, and a walk over the
/// checked tree that is ours, because it has to count upstream's costs before they arise, to stop in the middle,
/// and to read Kubernetes' objects where they lie.
///
/// *Compiling*: [io.k3j.cel.CelService] makes an [io.k3j.cel.Engine] with the first call; an
/// [io.k3j.cel.DeclaredEnvironment] has the declared types ([io.k3j.cel.Types]) and asks cel-java for a checked
/// tree, of which [io.k3j.cel.Planner] makes [io.k3j.cel.Node]s. *Evaluating*: an [io.k3j.cel.Frame] has the values
/// and the costs ([io.k3j.cel.Costs]) of one evaluation. *Values*: what trees are looked
/// at through, and what addresses, URLs and versions are ([io.k3j.celvalues]). *Estimates*: what a rule may cost, by
/// its schema ([io.k3j.celestimates]). *Libraries*: one class each, entered into [io.k3j.cel.Functions].
@NullMarked
package io.k3j.cel;

import org.jspecify.annotations.NullMarked;
