package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Struct;

/// RFC 7386, JSON Merge Patch (`application/merge-patch+json`). Pure; any thread.
public final class MergePatch {
    private MergePatch() {
    }

    /// `object` with `changes` laid over it: structs are merged, a null removes, all else replaces, lists as a whole.
    /// Fails for no object and no changes. The result's size is that of both together at most.
    ///
    /// @param object is not changed
    /// @param changes a null in it, also deep below a field that is new, removes and is never stored (§2)
    public static Struct apply(Struct object, Struct changes) {
        Struct.Builder merged = object.toBuilder();
        changes.forEach((name, change) -> {
            switch (change) {
                case Null n -> merged.remove(name);
                case Struct s -> merged.put(name, apply(object.struct(name), s));
                default -> merged.put(name, change);
            }
        });
        return merged.build();
    }
}
