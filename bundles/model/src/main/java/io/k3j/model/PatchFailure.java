package io.k3j.model;

/// A patch that cannot be applied to the object it was meant for.
public final class PatchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean malformed;

    /// `malformed`: the patch itself is wrong (400), else it does not fit the object (422).
    public PatchFailure(String message, boolean malformed) {
        super(message);
        this.malformed = malformed;
    }

    /// Whether the patch would fit no object at all.
    public boolean malformed() {
        return malformed;
    }
}
