package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSocketTest {
    private static final String LOG = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    private static final String END = "\u0088\u0002\u0003\u00e8";

    private static Asked asked(String protocols) {
        Map<String, String> headers = new HashMap<>(Map.of("upgrade", "websocket", "connection", "keep-alive, Upgrade",
                "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="));
        if (!protocols.isEmpty()) {
            headers.put("sec-websocket-protocol", protocols);
        }
        return new Asked("GET", "", headers);
    }

    private static Asked relayed(Asked asked) throws IOException {
        new Relay(asked, new Loop(LOG), "node:10250").runChecked("/containerLogs/n/p/c");
        return asked;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "binary.k8s.io", "other, binary.k8s.io"})
    void sendsAnEmptyMessageAndThenTheBytes(String protocols) throws IOException {
        Asked asked = relayed(asked(protocols));
        assertThat(asked.status).isEqualTo(101);
        assertThat(asked.answered).containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(asked.answered.get("sec-websocket-protocol"))
                .isEqualTo(protocols.isEmpty() ? null : "binary.k8s.io");
        assertThat(asked.upgraded().heard()).isEqualTo("\u0082\u0000\u0082\u0004one\n\u0082\u0004two\n" + END);
    }

    @Test
    void sendsBase64TextOnRequest() throws IOException {
        Asked asked = relayed(asked("base64.binary.k8s.io"));
        assertThat(asked.answered).containsEntry("sec-websocket-protocol", "base64.binary.k8s.io");
        assertThat(asked.upgraded().heard())
                .isEqualTo("\u0081\u0000\u0081\u0008b25lCg==\u0081\u0008dHdvCg==" + END);
    }

    @ParameterizedTest
    @CsvSource({"sec-websocket-protocol,channel.k8s.io,403", "sec-websocket-key,,400"})
    void refusesAnInvalidHandshake(String header, String value, int code) {
        Asked asked = asked("");
        if (value == null) {
            asked.headers().remove(header);
        } else {
            asked.headers().put(header, List.of(value));
        }
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> relayed(asked))
                .satisfies(f -> assertThat(f.code()).isEqualTo(code));
    }

    @Test
    void answersAPlainRequestByHttp() throws IOException {
        Asked asked = asked("");
        asked.headers().remove("connection");
        assertThat(relayed(asked).status).isEqualTo(200);
        assertThat(asked.got()).isEqualTo("one\ntwo\n");
    }

    @Test
    @Timeout(120)
    void endsAFollowedLogWhenTheClientCloses() {
        Asked asked = asked("");
        Followed back = new Followed();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Relay(asked, back, "node:10250").runChecked("/containerLogs/n/p/c?follow=true"));
        assertThat(asked.upgraded().heard()).startsWith("\u0082\u0000\u0082\u0004one\n");
    }

    /// A log that continues until the connection is closed.
    private static final class Followed implements ByteDuplex {
        private final CountDownLatch closed = new CountDownLatch(1);
        private final InputStream begun = new Loop(LOG.substring(0, LOG.indexOf("4\r\ntwo"))).input();

        @Override
        public InputStream input() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    int next = begun.read();
                    if (next < 0) {
                        waitForEnd();
                    }
                    return next;
                }
            };
        }

        private void waitForEnd() throws IOException {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public OutputStream output() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
