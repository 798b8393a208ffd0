package io.k3j.agent;

import java.io.IOException;

/// A supervisor's answer outside 2xx.
final class SupervisorFault extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    /// A server has no place for the request now.
    static final int TOO_MANY = 429;
    private final int code;

    SupervisorFault(int code, String path, String message) {
        super(path + " answered " + code + ": " + message);
        this.code = code;
    }

    /// The credentials were not accepted.
    boolean unauthorized() {
        return code == UNAUTHORIZED;
    }

    /// The caller is authenticated but not allowed.
    boolean forbidden() {
        return code == FORBIDDEN;
    }

    /// Whether a retry of the same request cannot help.
    boolean permanent() {
        return code / 100 == 4 && code != TOO_MANY;
    }
}
