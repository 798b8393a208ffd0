package io.k3j.nodeapi;

/// The packet filter did not take a transaction.
public final class FilterRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// `reason` is the tool's first complaint.
    public FilterRefused(String reason) {
        super(reason);
    }
}
