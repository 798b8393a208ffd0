package io.k3j.kindrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.Duration;
import java.util.List;

/// The rules of one kind that the schema cannot express: upstream's strategy of a resource in `pkg/registry`, with
/// its defaults, validation and conversion. Each method has a default that suits most kinds.
///
/// Pure: an object in, an object or what is wrong out; nothing else is read but a clock or an engine of expressions
/// that the rules were made with. Any thread; nothing blocks. Nothing is thrown for what a user may write, unless a
/// method says so: fields of another type count as missing.
public interface KindRules {
    /// The rules of a kind without rules.
    KindRules NONE = new KindRules() {
    };

    /// Returns the object with defaults; what is set stays. Applied to its own result, it changes nothing. Asked
    /// before [#prepared], and once more behind admission, which may have added something.
    ///
    /// @param kind the version in which the object is written
    default Struct defaulted(Gvk kind, Struct object) {
        return object;
    }

    /// Prepares the object for storage, like upstream's PrepareForCreate and PrepareForUpdate: what the writer has no
    /// say in is put back, before admission sees it. Applied to its own result for the same write, it changes nothing.
    ///
    /// @param write for updates with the old object; its subresource says what may change; also DELETE, for an object
    ///     that is marked for deletion and stays for now
    default Struct prepared(Write write, Struct object) {
        return object;
    }

    /// Validates a name of this kind.
    ///
    /// @return what is wrong with it, in upstream's words; empty for nothing
    default List<String> name(String name) {
        return Names.subdomain(name);
    }

    /// Validates a name of this kind that depends on the rest of the object.
    ///
    /// @return what is wrong with it, in upstream's words; empty for nothing
    default List<String> name(String name, Struct object) {
        return name(name);
    }

    /// Validates the object, but for its metadata and for fields that are missing; for updates [Write#before()] has
    /// the old object.
    ///
    /// Where it cannot be told whether something is wrong, an `io.k3j.clientapi.ApiFault` 503 is thrown: nothing is
    /// stored that nobody has checked.
    ///
    /// @param problems at the root of the object; what is wrong is added
    default void check(Write write, Struct object, Problems problems) {
    }

    /// Warnings for the writer of an object that is valid, in upstream's words; empty for none.
    default List<String> warnings(Write write, Struct object) {
        return List.of();
    }

    /// How long an object of this kind lives from its last write on; zero for no limit.
    default Duration timeToLive() {
        return Duration.ZERO;
    }

    /// The grace period of a deletion in seconds; 0 when nobody has to end anything before it goes.
    ///
    /// @param object as it is stored
    /// @param asked the requested seconds, negative when the request names none
    default long gracePeriodSeconds(Obj object, long asked) {
        return Math.max(0, asked);
    }

    /// Converts the object to another version of its group, or to another group that shares the stored kind. What the
    /// other version has no field for is kept where upstream keeps it (annotations), so that it survives the way back.
    ///
    /// @param to the version wanted; the object says by its `apiVersion` which one it has
    default Struct converted(Struct object, Gvk to) {
        return object.with("apiVersion", to.apiVersion());
    }
}
