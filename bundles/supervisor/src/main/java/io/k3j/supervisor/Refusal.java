package io.k3j.supervisor;

/// The answer is no. The message is the client's to read.
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    Refusal(int code, String message) {
        super(message);
        this.code = code;
    }

    /// The HTTP status code.
    int code() {
        return code;
    }

    /// Kubernetes' reason for the code.
    String reason() {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 429 -> "TooManyRequests";
            case 503 -> "ServiceUnavailable";
            default -> "InternalError";
        };
    }
}
