package io.k3j.componentapi;

/// A swap, stop or start that did not take place; what ran before runs on. The message says why and what to do.
public final class SwapRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With the reason.
    public SwapRefused(String message) {
        super(message);
    }

    /// With the reason and what caused it.
    public SwapRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
