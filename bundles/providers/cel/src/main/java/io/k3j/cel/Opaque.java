package io.k3j.cel;

import dev.cel.common.types.OpaqueType;

/// A value of a type that has functions and no parts.
interface Opaque {
    OpaqueType type();

    /// As upstream counts it in costs.
    default long size() {
        return 1;
    }
}
