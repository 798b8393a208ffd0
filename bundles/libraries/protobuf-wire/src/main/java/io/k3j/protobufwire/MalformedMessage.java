package io.k3j.protobufwire;

/// Bytes that are not a protobuf message, or not one the reader takes. The sentence says what was found and where, and
/// is fit for a client: it holds no bytes of the message.
///
/// It has no stack trace and no cause: who sends garbage must not make the reader walk stacks.
public final class MalformedMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With a sentence for the client.
    public MalformedMessage(String message) {
        super(message, null, false, false);
    }
}
