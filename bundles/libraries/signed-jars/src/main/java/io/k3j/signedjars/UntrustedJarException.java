package io.k3j.signedjars;

/// A jar that must not be used. The message says which, why, and what to type.
public final class UntrustedJarException extends Exception {
    private static final long serialVersionUID = 1L;

    UntrustedJarException(String message) {
        super(message);
    }

    UntrustedJarException(String message, Throwable cause) {
        super(message, cause);
    }
}
