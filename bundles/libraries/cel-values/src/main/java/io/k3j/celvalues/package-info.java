/// Values of Kubernetes' CEL that cel-java has no class for: a caller's trees looked at where they lie, and the opaque
/// types of Kubernetes' libraries; with the two ways in which an evaluation can end without one.
///
/// ```
/// a caller's value ─► Adapter ─► StructView, SeqView, MapView, Preserved      (parts are made when they are looked at)
/// URL, IP, semver   ─► GoUrl, IpAddress, SemanticVersion: Opaque, of a type of Opaques
/// an object literal ─► Made
/// EvalFailure: an expression fails, in upstream's words       Stopped: the evaluation ends, whatever stands around it
/// ```
///
/// Values are not changed, but for the parts that a [io.k3j.celvalues.MapView] keeps: one evaluation, one thread. All
/// else is for any thread. Nothing blocks, except a [io.k3j.celvalues.LazyValues] as long as its evaluation does.
@NullMarked
package io.k3j.celvalues;

import org.jspecify.annotations.NullMarked;
