/// What the rules of a built-in kind are made with: [io.k3j.kindrules.KindRules], which each kind with rules of its
/// own implements as far as it differs from the others, and [io.k3j.kindrules.Fill] for its defaults.
///
/// ```
/// resources-builtin ──► workload-rules, apiserver-rules ──► kind-rules ──► validation
/// ```
///
/// Nothing here knows a kind. Pure functions of an object, safe for any number of threads; nothing blocks. What is
/// wrong with an object is collected in [io.k3j.validation.Problems] and not thrown.
///
/// Source: upstream's strategies in `pkg/registry` and defaults in `pkg/apis`.
@NullMarked
package io.k3j.kindrules;

import org.jspecify.annotations.NullMarked;
