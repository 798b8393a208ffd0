package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.webhookclient.WebhookConnection.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of answers without success, as client-go says it.
class UnexpectedAnswerTest {
    private static String told(int status, String type, String body) {
        return UnexpectedAnswer.told(new Answer(status, body.getBytes(StandardCharsets.UTF_8), false,
                type.isEmpty() ? Map.of() : Map.of("content-type", type)));
    }

    @ParameterizedTest
    @CsvSource({"302,the server responded with the status code 302 but did not return more information",
            "400,the server rejected our request for an unknown reason",
            "401,the server has asked for the client to provide credentials",
            "403,no", "404,the server could not find the requested resource", "406,no", "415,no",
            "405,the server does not allow this method on the requested resource",
            "409,the server reported a conflict",
            "413,the server responded with the status code 413 but did not return more information",
            "422,the server rejected our request due to an error in our request",
            "429,the server has received too many requests and has asked us to try again later",
            "500,an error on the server (\"no\") has prevented the request from succeeding",
            "502,an error on the server (\"no\") has prevented the request from succeeding",
            "503,the server is currently unable to handle the request"})
    void aStatusHasAMeaning(int status, String message) {
        assertThat(told(status, "", " no\n")).isEqualTo(message);
    }

    @Test
    void whatIsNoTextIsNotRepeated() {
        assertThat(told(500, "application/json", "{\"a\":1}")).isEqualTo("an error on the server (\"unknown\") has"
                + " prevented the request from succeeding");
        assertThat(told(403, "application/json", "[]")).isEqualTo("unknown");
        assertThat(told(406, "image/png", "x")).isEqualTo("the server was unable to respond with a content type that"
                + " the client supports");
        assertThat(told(500, "Text/HTML; charset=utf-8", "<p>")).contains("(\"<p>\")");
    }

    @Test
    void aStatusObjectSpeaksForItself() {
        String object = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"%s\",\"message\":\"over there\"}";
        assertThat(told(503, "application/json", object.formatted("Failure"))).isEqualTo("over there");
        assertThat(told(503, "application/json", object.formatted("Success")))
                .isEqualTo("the server is currently unable to handle the request");
    }

    @Test
    void nobodyWritesLinesIntoTheLog() {
        String two = "a\nE1126 12:00:00.000000       1 apiserver] b\u001b[2J\u009b";
        assertThat(told(500, "", two)).contains("a\\nE1126").doesNotContain("\n", "\u001b", "\u009b");
        assertThat(told(403, "", two)).startsWith("a E1126").doesNotContain("\n", "\u001b", "\u009b");
        assertThat(told(403, "", "a".repeat(5_000))).hasSize(2048);
    }
}
