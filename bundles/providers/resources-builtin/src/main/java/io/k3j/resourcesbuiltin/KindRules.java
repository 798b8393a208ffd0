package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.Duration;
import java.util.List;

/// The rules of one kind that the schema cannot express. Pure; each method has a default that suits most kinds.
interface KindRules {
    /// The rules of a kind without rules.
    KindRules NONE = new KindRules() {
    };

    /// Returns the object with defaults.
    default Struct defaulted(Gvk kind, Struct object) {
        return object;
    }

    /// Prepares the object for storage, like upstream's PrepareForCreate and PrepareForUpdate.
    default Struct prepared(Write write, Struct object) {
        return object;
    }

    /// Validates a name of this kind.
    default List<String> name(String name) {
        return Names.subdomain(name);
    }

    /// Validates a name of this kind that depends on the rest of the object.
    default List<String> name(String name, Struct object) {
        return name(name);
    }

    /// Validates the object; for updates [Write#before()] has the old object.
    default void check(Write write, Struct object, Problems problems) {
    }

    /// Warnings for the writer of the object.
    default List<String> warnings(Write write, Struct object) {
        return List.of();
    }

    /// The time to live of the object after this write; zero for no limit.
    default Duration timeToLive() {
        return Duration.ZERO;
    }

    /// The grace period of a deletion in seconds.
    /// @param asked the requested seconds, negative when the request names none
    default long gracePeriodSeconds(Obj object, long asked) {
        return Math.max(0, asked);
    }

    /// Converts the object to another version of its group, or to another group that shares the stored kind.
    default Struct converted(Struct object, Gvk to) {
        return object.with("apiVersion", to.apiVersion());
    }
}
