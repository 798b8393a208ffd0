package io.k3j.delegatedaccess;

/// A review that gave no answer: nothing is allowed by it, and nothing is remembered.
public final class ReviewFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    ReviewFailure(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /// What a client is answered: 500 when the API server refuses or is away, 503 when too many wait.
    public int status() {
        return status;
    }
}
