package io.k3j.nodeapi;

/// A refusal of the container runtime, with its own words.
public final class RuntimeFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Kind kind;

    /// What kind of failure it is.
    public enum Kind {
        /// The container, sandbox or image is not there.
        NOT_FOUND,
        /// It took longer than allowed.
        DEADLINE,
        /// The runtime does not answer; it is being restarted.
        UNAVAILABLE,
        /// This runtime cannot do that.
        UNSUPPORTED,
        /// Anything else: the message tells.
        FAILED
    }

    /// A fault with the runtime's message.
    public RuntimeFault(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /// What kind of failure it is.
    public Kind kind() {
        return kind;
    }
}
