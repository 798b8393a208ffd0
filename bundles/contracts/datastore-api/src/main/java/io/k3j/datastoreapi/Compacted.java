package io.k3j.datastoreapi;

/// The asked revision is older than the compaction revision.
public final class Compacted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long revision;

    /// `revision` is the bound that was crossed.
    public Compacted(long revision) {
        super("required revision has been compacted");
        this.revision = revision;
    }

    /// The bound that was crossed.
    public long revision() {
        return revision;
    }
}
