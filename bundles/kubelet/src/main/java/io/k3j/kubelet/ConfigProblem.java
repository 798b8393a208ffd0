package io.k3j.kubelet;

/// A pod asks for something that is not there or makes no sense; it is tried again. The reason is what the
/// container waits for, as `CreateContainerConfigError`.
final class ConfigProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    ConfigProblem(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// Something a container's configuration refers to is missing.
    static ConfigProblem config(String message) {
        return new ConfigProblem("CreateContainerConfigError", message);
    }

    String reason() {
        return reason;
    }
}
