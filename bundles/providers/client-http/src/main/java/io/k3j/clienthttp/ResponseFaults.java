package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;

/// Converts error answers to faults.
final class ResponseFaults {
    /// Bound of an error body: a Status is short, and the rest of a proxy's page is of no use.
    static final int MAX_STATUS = 1 << 20;
    private static final int MAX_TEXT = 1024;

    private ResponseFaults() {
    }

    /// The fault of an answer with this code and body.
    static ApiFault of(int code, byte[] body) {
        Struct status = status(body);
        if (status.text("kind").equals("Status")) {
            return of(status, code);
        }
        String text = new String(body, 0, Math.min(body.length, MAX_TEXT), StandardCharsets.UTF_8).strip();
        return new ApiFault(code, reason(code), text.isEmpty() ? "the server answered " + code : text, Struct.EMPTY);
    }

    /// The fault of a Status; `otherwise` is the code when it has none.
    static ApiFault of(Struct status, int otherwise) {
        int code = (int) status.whole("code", otherwise);
        return new ApiFault(code, status.text("reason", reason(code)), status.text("message"),
                status.struct("details"));
    }

    private static Struct status(byte[] body) {
        try {
            return Json.object(body);
        } catch (MalformedInput noStatus) {
            return Struct.EMPTY;
        }
    }

    private static String reason(int code) {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "InternalError";
        };
    }
}
