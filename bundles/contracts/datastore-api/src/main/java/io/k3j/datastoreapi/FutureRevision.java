package io.k3j.datastoreapi;

/// The asked revision has not been reached by the store.
public final class FutureRevision extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long revision;

    /// `revision` is the bound that was crossed.
    public FutureRevision(long revision) {
        super("required revision is a future revision");
        this.revision = revision;
    }

    /// The bound that was crossed.
    public long revision() {
        return revision;
    }
}
