package io.k3j.admissionwebhooks;

/// A webhook could not be asked, or has not answered as it must; upstream's `ErrCallingWebhook`. What follows is the
/// webhook's failure policy.
final class CallFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason as it stands behind `failed calling webhook "NAME": `
    CallFailure(String reason) {
        super(reason, null, false, false);
    }

    /// The reason.
    String reason() {
        return String.valueOf(getMessage());
    }
}
