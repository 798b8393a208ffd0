package io.k3j.admissionpolicies;

import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A policy that is to be applied to a request, by one of its bindings; or what hinders it.
/// @param binding null: the policy itself cannot be applied
/// @param params once with each; [PolicyParams#NONE] for none
/// @param fault in upstream's words; empty: it can be applied
record PolicyInvocation<P>(Policy<P> policy, @Nullable Binding binding, MatchedRequest request, List<Struct> params,
        String fault) {
    /// Its binding's name; empty without.
    String bindingName() {
        return binding == null ? "" : binding.name();
    }
}
