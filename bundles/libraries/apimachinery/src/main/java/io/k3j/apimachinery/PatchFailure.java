package io.k3j.apimachinery;

/// A patch that cannot be applied to the object it was meant for. The object is as it was. Thrown by all three kinds of
/// patch and turned into a `Status` by `object-registry`.
public final class PatchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean malformed;

    /// A failure with its reason.
    ///
    /// @param message in upstream's words where there are some
    /// @param malformed the patch itself is wrong (400), else it does not fit the object (422)
    public PatchFailure(String message, boolean malformed) {
        super(message);
        this.malformed = malformed;
    }

    /// Whether the patch would fit no object at all, so that trying again is of no use.
    public boolean malformed() {
        return malformed;
    }
}
