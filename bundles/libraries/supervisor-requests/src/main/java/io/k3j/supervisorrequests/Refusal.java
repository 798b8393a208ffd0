package io.k3j.supervisorrequests;

/// The answer is no. The message is the client's to read, and says what to do next where something can be done; it
/// never has a secret in it. Not logged: the client is told.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    /// With an HTTP status code, and a sentence for the client.
    public Refusal(int code, String message) {
        super(message);
        this.code = code;
    }

    /// The HTTP status code.
    public int code() {
        return code;
    }

    /// Kubernetes' `reason` for the code, `InternalError` for one that has none here.
    public String reason() {
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
