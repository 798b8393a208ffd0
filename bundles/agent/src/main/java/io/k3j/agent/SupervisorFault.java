package io.k3j.agent;

import java.io.IOException;

/// A supervisor's answer other than a good one.
final class SupervisorFault extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private final int code;

    SupervisorFault(int code, String path, String message) {
        super(path + " answered " + code + ": " + message);
        this.code = code;
    }

    /// The password is not taken.
    boolean unauthorized() {
        return code == UNAUTHORIZED;
    }

    /// Known, and not allowed.
    boolean forbidden() {
        return code == FORBIDDEN;
    }

    /// Trying the same again is of no use.
    boolean lasting() {
        return code / 100 == 4 && code != TOO_MANY;
    }
}
