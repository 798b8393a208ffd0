package io.k3j.cel;

/// Something of a caller's that is looked at where it lies.
interface Viewed {
    /// The caller's, for handing it back.
    Object raw();
}
