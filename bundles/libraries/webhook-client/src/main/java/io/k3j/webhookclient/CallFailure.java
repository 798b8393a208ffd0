package io.k3j.webhookclient;

/// A webhook could not be asked, or has not answered as it must; upstream's `ErrCallingWebhook`. What follows is for
/// whoever asked.
public final class CallFailure extends Exception {
    /// Nobody has answered, or not as he must; upstream's `ServiceUnavailable`.
    public static final int UNAVAILABLE = 503;
    /// Nobody can be asked by what is written; upstream's `InternalError`.
    public static final int UNUSABLE = 500;
    private static final long serialVersionUID = 1L;
    private final int code;

    /// One with the code [#UNAVAILABLE].
    /// @param reason as it stands behind `failed calling webhook "NAME": ` and its like
    public CallFailure(String reason) {
        this(reason, UNAVAILABLE);
    }

    /// @param code under which upstream counts it: the status that was answered, where there was an answer
    public CallFailure(String reason, int code) {
        super(reason, null, false, false);
        this.code = code;
    }

    /// The code, for metrics; no client is sent it.
    public int code() {
        return code;
    }

    /// The reason.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
