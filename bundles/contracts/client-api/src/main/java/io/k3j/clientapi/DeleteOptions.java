package io.k3j.clientapi;

import io.k3j.model.Struct;

/// How to delete. `gracePeriodSeconds` -1: the object's own; `propagation` empty or `Background`,
/// `Foreground`, `Orphan`; `uid` empty and `revision` 0: no precondition; a negative `revision`: that of no object.
public record DeleteOptions(long gracePeriodSeconds, String propagation, String uid, long revision) {
    /// The object's own grace, default propagation.
    public static final DeleteOptions PLAIN = new DeleteOptions(-1, "", "", 0);
    /// At once, without waiting for the node.
    public static final DeleteOptions NOW = new DeleteOptions(0, "", "", 0);

    /// The same only if the object still has this uid.
    public DeleteOptions ifUid(String of) {
        return new DeleteOptions(gracePeriodSeconds, propagation, of, revision);
    }

    /// The same with a propagation policy.
    public DeleteOptions propagating(String policy) {
        return new DeleteOptions(gracePeriodSeconds, policy, uid, revision);
    }

    /// The object of kind `DeleteOptions` that says so: the body of a request.
    public Struct document() {
        Struct preconditions = Struct.builder().putUnlessEmpty("uid", uid)
                .putUnlessEmpty("resourceVersion", revision == 0 ? "" : Long.toString(revision)).build();
        Struct.Builder b = Struct.builder().put("kind", "DeleteOptions").put("apiVersion", "v1")
                .putUnlessEmpty("propagationPolicy", propagation).putUnlessEmpty("preconditions", preconditions);
        return (gracePeriodSeconds < 0 ? b : b.put("gracePeriodSeconds", gracePeriodSeconds)).build();
    }
}
