package io.k3j.celvalues;

/// Something of a caller's that is looked at where it lies.
public interface Viewed {
    /// The caller's, for handing it back.
    Object raw();
}
