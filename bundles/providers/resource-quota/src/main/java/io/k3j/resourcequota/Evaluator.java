package io.k3j.resourcequota;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Knows what the objects of one resource use of a quota, as upstream's `quota.Evaluator`. Pure, any thread.
interface Evaluator {
    /// Whether a write may need more of a quota than before. By default only what is new does.
    default boolean handles(Write write, Struct object) {
        return write.operation() == Operation.CREATE && write.subresource().isEmpty();
    }

    /// Whether objects of this resource can use what a quota calls by a name.
    boolean counts(String name);

    /// What an object uses at a time, under all names that it has.
    ResourceList usage(Struct object, Instant now);

    /// When the object uses less though nothing changes; empty for most.
    default Optional<Instant> expiry(Struct object) {
        return Optional.empty();
    }

    /// Whether an object is in a scope. Most are in none, so that a quota with scopes does not count them.
    default boolean inScope(ScopeRequirement scope, Struct object) {
        return false;
    }

    /// What an object must say and does not, because a quota limits it: `cpu for: c1,c2`; empty when nothing is
    /// missing.
    /// @param names those names of the quota that this evaluator counts
    default String missing(Set<String> names, Struct object) {
        return "";
    }
}
