package io.k3j.netpolicy;

import java.util.Locale;

/// Seen from the pod that is isolated.
public enum Direction {
    /// To it.
    INGRESS,
    /// From it.
    EGRESS;

    /// `ingress` or `egress`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
