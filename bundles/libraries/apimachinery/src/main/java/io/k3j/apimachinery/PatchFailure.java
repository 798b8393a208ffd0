package io.k3j.apimachinery;

/// A patch that cannot be applied to the object it was meant for. The object is as it was. Thrown by all three kinds of
/// patch and turned into a `Status` by `object-registry`.
public final class PatchFailure extends RuntimeException {
    /// The patch itself is wrong.
    public static final int MALFORMED = 400;
    /// The patch has more operations than one may have.
    public static final int TOO_LARGE = 413;
    /// The patch does not fit the object.
    public static final int UNFIT = 422;
    /// What upstream's merge says as an error of its own, although it is the patch that is wrong.
    public static final int UNKNOWN = 500;
    private static final long serialVersionUID = 1L;
    private final int code;

    /// A failure with its reason.
    ///
    /// @param message in upstream's words where there are some
    /// @param code the status upstream answers with, one of those here
    public PatchFailure(String message, int code) {
        super(message);
        this.code = code;
    }

    /// The status upstream answers with.
    public int code() {
        return code;
    }

    /// Whether the patch would fit no object at all, so that trying again is of no use.
    public boolean malformed() {
        return code == MALFORMED;
    }
}
