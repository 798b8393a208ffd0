package io.k3j.encryption;

/// Nothing can be encrypted for now: who keeps the key does not answer. The message is fit for clients and holds no
/// secret.
public final class SealUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With what is wrong.
    public SealUnavailable(String message) {
        super(message);
    }
}
