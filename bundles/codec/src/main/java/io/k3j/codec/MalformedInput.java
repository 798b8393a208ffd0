package io.k3j.codec;

/// Bytes that are not what they should be. The message says what and where, fit for a client.
public final class MalformedInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With a message for the client.
    public MalformedInput(String message) {
        super(message, null, false, false);
    }
}
