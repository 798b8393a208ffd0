package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayTest {
    private static Loop relay(Asked asked, String says) throws IOException {
        Loop back = new Loop(says);
        new Relay(asked, back, "back:1").run("/target?x=1", to -> "/base" + to);
        return back;
    }

    @Test
    void forwardsTheRequestWithoutTheCallersCredentials() throws IOException {
        Asked asked = new Asked("POST", "hello",
                Map.of("authorization", "Bearer secret", "impersonate-user", "x", "content-length",
                        "5", "x-mine", "1"));
        String heard = relay(asked, "HTTP/1.1 204 No Content\r\n\r\n").heard();
        assertThat(heard).startsWith("POST /target?x=1 HTTP/1.1\r\nHost: back:1\r\n").contains("x-mine: 1\r\n")
                .contains("X-Forwarded-For: 127.0.0.1\r\n").endsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
                .doesNotContain("secret").doesNotContain("impersonate");
        assertThat(asked.status).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"})
    void forwardsTheAnswerInAnyFraming(String answer) throws IOException {
        Asked asked = new Asked("GET", "", Map.of());
        relay(asked, answer);
        assertThat(asked.status).isEqualTo(200);
        assertThat(asked.got()).isEqualTo("hello");
        assertThat(asked.answered).doesNotContainKeys("transfer-encoding", "content-length");
    }

    @Test
    void answersThatOnlyInformAreNotTheAnswer() throws IOException {
        String hint = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
        Asked asked = new Asked("GET", "", Map.of());
        relay(asked, hint + "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(asked.status).isEqualTo(200);
        assertThat(asked.got()).isEqualTo("ok");
        assertThatExceptionOfType(ApiFault.class).as("for ever")
                .isThrownBy(() -> relay(new Asked("GET", "", Map.of()), hint.repeat(1000)))
                .withMessageContaining("informational");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\r\nHost: evil", "/a b", "/a\nx", "/\u0100", ""})
    void refusesATargetThatWouldInjectARequest(String target) {
        Loop back = new Loop("HTTP/1.1 200 OK\r\n\r\n");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(
                () -> new Relay(new Asked("GET", "", Map.of()), back, "back:1").run(target, to -> to));
        assertThat(back.heard()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1\r\nHost: evil", "1\n\nGET /run"})
    void refusesAHeaderThatWouldInjectAnother(String value) {
        Loop back = new Loop("HTTP/1.1 200 OK\r\n\r\n");
        Asked asked = new Asked("GET", "", Map.of("x-mine", value));
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> new Relay(asked, back, "back:1").run("/", to -> to));
        assertThat(back.heard()).isEmpty();
    }

    @Test
    void aBackEndThatWasNotAskedDoesNotSwitchProtocols() {
        Asked asked = new Asked("GET", "", Map.of());
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> relay(asked, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes"));
        assertThat(asked.status).isZero();
    }

    @Test
    void aBackEndThatDoesNotSwitchProtocolsInTimeIsLeft() {
        Asked asked = new Asked("GET", "", Map.of("upgrade", "websocket"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Relay(asked, new Mute(), "back:1", Duration.ofMillis(20)).run("/", to -> to));
        assertThat(asked.status).isZero();
    }

    @Test
    void abortsAnAnswerThatEndsEarly() {
        Asked asked = new Asked("GET", "", Map.of());
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> relay(asked, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"));
        assertThat(asked.aborted).isTrue();
    }

    @Test
    void reportsAKubeletsRefusalAsAStatus() {
        Loop back = new Loop("HTTP/1.1 400 Bad Request\r\nContent-Length: 6\r\n\r\nno \"a\"");
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> new Relay(new Asked("GET", "", Map.of()), back, "back:1").runChecked("/logs"))
                .withMessage("no \"a\"");
    }

    @Test
    void forwardsBytesBothWaysAfterAnUpgrade() throws IOException {
        Asked asked = new Asked("GET", "", Map.of("upgrade", "SPDY/3.1", "connection", "Upgrade"));
        Loop back = relay(asked, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\nfrom the pod");
        assertThat(asked.upgraded().heard()).isEqualTo("from the pod");
        assertThat(back.heard()).contains("Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n").endsWith("from the client");
        assertThat(asked.answered).containsEntry("upgrade", "SPDY/3.1");
    }

    @Test
    void rewritesRedirects() throws IOException {
        Asked asked = new Asked("GET", "", Map.of());
        relay(asked, "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n");
        assertThat(asked.answered).containsEntry("location", "/base/login");
    }

    @Test
    void rewritesLinksOfACompressedPage() throws IOException {
        Asked asked = new Asked("GET", "", Map.of("accept-encoding", "gzip"));
        String packed = gzip("<a href='/there'>" + "x".repeat(50_000));
        String heard = relay(asked,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip"
                        + "\r\nContent-Length: " + packed.length() + "\r\n\r\n" + packed)
                .heard();
        assertThat(heard).contains("accept-encoding: gzip\r\n");
        assertThat(asked.answered).containsEntry("content-encoding", "gzip");
        assertThat(gunzip(asked.got())).isEqualTo("<a href='/base/there'>" + "x".repeat(50_000));
    }

    @ParameterizedTest
    @CsvSource({"GET, 200, br, packed", "GET, 206, gzip, packed", "HEAD, 200, gzip, ''"})
    void forwardsUnsupportedEncodingsUnchanged(String method, int status, String encoding, String body)
            throws IOException {
        Asked asked = new Asked(method, "", Map.of());
        relay(asked, "HTTP/1.1 " + status + " OK\r\nContent-Type: text/html\r\nContent-Encoding: " + encoding
                + "\r\nContent-Length: 6\r\n\r\n" + body);
        assertThat(asked.status).isEqualTo(status);
        assertThat(asked.got()).isEqualTo(body);
    }

    private static String gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static String gunzip(String packed) throws IOException {
        byte[] bytes = packed.getBytes(StandardCharsets.ISO_8859_1);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static Obj pod(String... containers) {
        Seq all = Seq.EMPTY;
        for (String c : containers) {
            all = all.plus(Struct.of("name", c));
        }
        return Obj.of(
                Struct.of("metadata", Struct.of("name", "p", "namespace", "n"), "spec", Struct.of("containers", all)));
    }

    @Test
    void requiresAContainerInUpstreamsWords() {
        assertThat(PodTarget.container(pod("a"), "")).isEqualTo("a");
        assertThat(PodTarget.container(pod("a", "b"), "b")).isEqualTo("b");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> PodTarget.container(pod("a", "b"), ""))
                .withMessage("a container name must be specified for pod p, choose one of: [a b]");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> PodTarget.container(pod("a"), "c"))
                .withMessage("container c is not valid for pod p");
    }
}
