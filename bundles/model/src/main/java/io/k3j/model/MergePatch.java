package io.k3j.model;

/// RFC 7386, JSON Merge Patch.
public final class MergePatch {
    private MergePatch() {
    }

    /// `object` with `changes` laid over it: structs are merged, a null removes, all else replaces.
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
