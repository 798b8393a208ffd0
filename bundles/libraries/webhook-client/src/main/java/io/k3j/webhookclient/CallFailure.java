package io.k3j.webhookclient;

/// A webhook could not be asked, or has not answered as it must; upstream's `ErrCallingWebhook`. What follows is for
/// whoever asked.
public final class CallFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason as it stands behind `failed calling webhook "NAME": ` and its like
    public CallFailure(String reason) {
        super(reason, null, false, false);
    }

    /// The reason.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
