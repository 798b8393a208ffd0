package io.k3j.audit;

import io.k3j.model.Struct;

/// How large an event may be, as upstream's `truncate` backend: one that is larger loses its bodies and says so; one
/// that is too large even then is lost.
/// @param enabled without it events are of any size
/// @param mostBytes of an event as JSON
record Truncation(boolean enabled, int mostBytes) {
    /// An event that needs to become smaller.
    static Struct truncated(Struct event) {
        return event.without("requestObject").without("responseObject").withAt("true", "annotations",
                "audit.k8s.io/truncated");
    }

    boolean fits(byte[] json) {
        return !enabled || json.length <= mostBytes;
    }
}
