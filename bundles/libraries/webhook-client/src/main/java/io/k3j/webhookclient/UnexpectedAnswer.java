package io.k3j.webhookclient;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.TerminalText;
import io.k3j.model.Struct;
import io.k3j.webhookclient.WebhookConnection.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// What is said of an answer without success, in the words of client-go's `rest.Request`: the message of a Status where
/// it is one, else what its number means. What the server says fills one line, and so writes none of its own into a
/// log. Pure.
final class UnexpectedAnswer {
    /// Of what a server says, in characters, as upstream in bytes.
    private static final int MOST_SAID = 2048;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ACCEPTABLE = 406;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int SERVER_ERROR = 500;
    private static final String UNKNOWN = "unknown";
    private static final Map<Integer, String> MEANINGS = Map.of(
            400, "the server rejected our request for an unknown reason",
            401, "the server has asked for the client to provide credentials",
            404, "the server could not find the requested resource",
            405, "the server does not allow this method on the requested resource",
            409, "the server reported a conflict",
            422, "the server rejected our request due to an error in our request",
            429, "the server has received too many requests and has asked us to try again later",
            503, "the server is currently unable to handle the request",
            504, "the server was unable to return a response in the time allotted, but may still be processing the"
                    + " request");

    private UnexpectedAnswer() {
    }

    /// The message.
    static String told(Answer answer) {
        String status = failure(answer.body());
        return status.isEmpty() ? meaning(answer) : line(cut(status));
    }

    /// The message of a Status that tells of a failure; empty for anything else.
    private static String failure(byte[] body) {
        try {
            Struct status = Json.object(body);
            return status.text("kind").equals("Status") && status.text("status").equals("Failure")
                    ? status.text("message") : "";
        } catch (MalformedInput none) {
            return "";
        }
    }

    private static String meaning(Answer answer) {
        String said = said(answer);
        String meaning = MEANINGS.get(answer.status());
        if (meaning != null) {
            return meaning;
        }
        return switch (answer.status()) {
            case FORBIDDEN, UNSUPPORTED_MEDIA_TYPE -> line(cut(said));
            case NOT_ACCEPTABLE -> said.isEmpty() || said.equals(UNKNOWN)
                    ? "the server was unable to respond with a content type that the client supports" : line(cut(said));
            default -> answer.status() < SERVER_ERROR
                    ? "the server responded with the status code " + answer.status()
                            + " but did not return more information"
                    : "an error on the server (" + line(Json.text(cut(said)))
                            + ") has prevented the request from succeeding";
        };
    }

    /// What is no text is not repeated.
    private static String said(Answer answer) {
        String type = answer.headers().getOrDefault("content-type", "");
        return type.isEmpty() || type.toLowerCase(Locale.ROOT).startsWith("text/")
                ? new String(answer.body(), StandardCharsets.UTF_8).strip() : UNKNOWN;
    }

    private static String cut(String text) {
        return text.length() <= MOST_SAID ? text : text.substring(0, MOST_SAID);
    }

    private static String line(String text) {
        return TerminalText.escaped(text.replace('\n', ' '));
    }
}
