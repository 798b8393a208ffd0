package io.k3j.jetcd;

/// A call that etcd did not carry out, or may not have. The message is etcd's own, or says what went wrong on
/// the way; it never holds a secret.
public final class EtcdFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Kind kind;

    /// What a caller needs to know to go on.
    public enum Kind {
        /// Nobody can be reached, or the cluster has no leader: nothing was done, another try may succeed.
        UNREACHABLE,
        /// The request was sent and its answer did not come: it may or may not have been carried out.
        UNCERTAIN,
        /// The cluster has too much to do and took the request not: the same connection answers it later.
        OVERLOADED,
        /// The asked revision has been compacted.
        COMPACTED,
        /// The asked revision has not been reached.
        FUTURE,
        /// Not yet: the cluster is not well enough for this change of its members, or the member does not vote.
        UNHEALTHY,
        /// etcd refuses; another try will not help.
        REFUSED
    }

    /// A failure of a kind, with a sentence.
    public EtcdFailure(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /// What kind it is.
    public Kind kind() {
        return kind;
    }
}
