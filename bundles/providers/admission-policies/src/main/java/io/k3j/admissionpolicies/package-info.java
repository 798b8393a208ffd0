/// Admission policies: CEL expressions that check or change what is written, in the process. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/> and
/// <https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/>.
///
/// ```
///   views ─► PolicySource ─► PolicyHook (Policy, Binding…)   once for each change; compiled once per engine
///   Write ─► PolicyPlugin ─► PolicyInvocation (policy, binding, params)
///   PolicyInvocation ─► ValidatingPolicies ─► ValidatingProgram
///                    └► MutatingPolicies ─► MutatingProgram, Mutator
///   PolicyStatus ─► TypeChecker          on the server that leads: what cannot fit the types it is for
/// ```
///
/// Where nothing is configured a write costs one look at each plug-in, and no expression engine is loaded.
@NullMarked
package io.k3j.admissionpolicies;

import org.jspecify.annotations.NullMarked;
