package io.k3j.datastoreapi;

/// The store could not be reached, or refused for reasons of its own (full, read-only, shutting down).
public final class DatastoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean outcomeUnknown;

    /// `what` says what was being done, never with an endpoint's password.
    public DatastoreUnavailable(String what, Throwable cause, boolean outcomeUnknown) {
        super(what, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /// Whether the change may or may not have happened. False: it did not.
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
