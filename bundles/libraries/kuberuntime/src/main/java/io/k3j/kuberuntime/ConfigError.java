package io.k3j.kuberuntime;

/// A pod asks for something that is not there or makes no sense; it is tried again. The reason is what the
/// container waits for, as `CreateContainerConfigError`.
///
/// It ends what was under way for the pod and nothing else; what was made by then stays. It carries no stack trace: the
/// message tells the user all there is, and it is thrown again at each try.
public final class ConfigError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    /// @param reason as `CreateContainerConfigError`
    /// @param message for people; upstream's words, which users and tools look for
    public ConfigError(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// Something a container's configuration refers to is missing.
    /// @param message as the event and the status show it
    /// @return to be thrown by the caller
    public static ConfigError config(String message) {
        return new ConfigError("CreateContainerConfigError", message);
    }

    /// One word, in upstream's spelling. `state.waiting.reason` of the container's status.
    public String reason() {
        return reason;
    }
}
