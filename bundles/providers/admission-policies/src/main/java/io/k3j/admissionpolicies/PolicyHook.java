package io.k3j.admissionpolicies;

import java.util.List;

/// A policy that is enforced.
/// @param bindings at least one, in the order of their names
record PolicyHook<P>(Policy<P> policy, List<Binding> bindings) {
}
