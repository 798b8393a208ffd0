package io.k3j.celvalues;

import dev.cel.common.types.OpaqueType;

/// A value of a type that has functions and no parts.
public interface Opaque {
    /// Its type.
    OpaqueType type();

    /// As upstream counts it in costs.
    default long size() {
        return 1;
    }
}
