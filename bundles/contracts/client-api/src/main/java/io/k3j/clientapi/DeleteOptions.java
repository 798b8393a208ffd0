package io.k3j.clientapi;

/// How to delete. `gracePeriodSeconds` -1: the object's own; `propagation` empty or `Background`,
/// `Foreground`, `Orphan`; `uid` empty and `revision` 0: no precondition.
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
}
