package io.k3j.codec;

/// Bytes that are not what they should be. The message says what and where, fit for a client.
///
/// It becomes 400 with the message as the Status's. It has no stack trace and no cause: it says that a client erred,
/// and is made for every such request.
public final class MalformedInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With a message for the client.
    public MalformedInput(String message) {
        super(message, null, false, false);
    }
}
