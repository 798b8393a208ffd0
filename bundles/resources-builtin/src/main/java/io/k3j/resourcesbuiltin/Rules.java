package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Names;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;

/// What the schema cannot say about one kind. Pure; each method has a default that suits most kinds.
interface Rules {
    /// A kind without rules of its own.
    Rules NONE = new Rules() {
    };

    /// The object with defaults filled in.
    default Struct defaulted(Gvk kind, Struct object) {
        return object;
    }

    /// The object as it may be stored after this write.
    default Struct prepared(Write write, Struct object) {
        return object;
    }

    /// What is wrong with a name of this kind.
    default List<String> name(String name) {
        return Names.subdomain(name);
    }

    /// Finds what is wrong; for updates [Write#before()] holds the old object.
    default void check(Write write, Struct object, Problems problems) {
    }

    /// Warnings for whoever writes this.
    default List<String> warnings(Write write, Struct object) {
        return List.of();
    }

    /// How long the object may live after this write, zero for ever.
    default Duration timeToLive() {
        return Duration.ZERO;
    }

    /// How many seconds a deletion leaves whoever runs the object.
    /// @param asked seconds the request names, negative when it names none
    default long gracePeriodSeconds(Obj object, long asked) {
        return Math.max(0, asked);
    }

    /// The object in another version of its group, or of the group that has the same kind.
    default Struct converted(Struct object, Gvk to) {
        return object.with("apiVersion", to.apiVersion());
    }
}
