package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.model.Obj;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {
    private Stage stage;
    private Path tls;

    @BeforeEach
    void begin(@TempDir Path directory) throws Exception {
        tls = directory;
        stage = new Stage(tls).available();
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    @Test
    void aRequestReachesTheServerWithItsUserAndWithoutItsCredentials() throws Exception {
        StringBuilder body = new StringBuilder();
        stage.backend.script = (in, out) -> {
            for (int c = in.read(); body.indexOf("\r\n0\r\n\r\n") < 0; c = in.read()) {
                body.append((char) c);
                if (body.indexOf("\r\n0\r\n\r\n") >= 0) {
                    break;
                }
            }
            Backend.say(out, "HTTP/1.1 201 Created\r\nX-Own: 1\r\nAccess-Control-Allow-Origin: *\r\n"
                    + "Content-Length: 2\r\n\r\nok");
        };
        AskedExchange asked = stage.ask(new AskedExchange("POST", "/apis/things.example.com/v1/things?dryRun=All")
                .with("authorization", "Bearer secret").with("x-remote-user", "root").with("x_remote_group", "boss")
                .with("x-remote-extra-a", "b").with("impersonate-user", "jane").with("accept", "a/b", "c/d")
                .with("x-forwarded-for", "198.51.100.1").body("hello"));
        assertThat(asked.status).isEqualTo(201);
        assertThat(asked.got()).isEqualTo("ok");
        assertThat(asked.closed).isTrue();
        assertThat(asked.answered).containsEntry("x-own", "1").doesNotContainKey("access-control-allow-origin");
        assertThat(body).contains("5\r\nhello\r\n");
        assertThat(stage.backend.heads).singleElement().asString()
                .startsWith("POST /apis/things.example.com/v1/things?dryRun=All HTTP/1.1\r\nHost: api.default.svc\r\n")
                .contains("accept: a/b\r\naccept: c/d\r\n", "X-Remote-User: jane\r\n", "X-Remote-Uid: u-1\r\n",
                        "X-Remote-Group: devs\r\nX-Remote-Group: system:authenticated\r\n",
                        "X-Remote-Extra-example.com%2FWhy: because\r\n",
                        "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n")
                .doesNotContainIgnoringCase("secret").doesNotContainIgnoringCase("impersonate")
                .doesNotContain("root").doesNotContain("boss").doesNotContain("x-remote-extra-a");
    }

    @Test
    void aWatchIsPassedOnAtOnceAndBrokenOffWhenItsServerDies() throws Exception {
        CountDownLatch die = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            Backend.say(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nevent1\r\n");
            die.await();
            stage.backend.die();
        };
        AskedExchange asked = new AskedExchange("GET", "/apis/things.example.com/v1/things?watch=1");
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                stage.ask(asked);
            } catch (IOException broken) {
                // the edge resets the stream
            }
        });
        Waiting.until("the first event", () -> asked.got().equals("event1"));
        assertThat(asked.closed).isFalse();
        die.countDown();
        watch.join();
        assertThat(asked.aborted).isTrue();
        assertThat(asked.closed).isFalse();
    }

    @Test
    void aRequestWhoseClientHasGoneEndsAtTheServerToo() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            try {
                in.read();
            } finally {
                ended.countDown();
            }
        };
        AskedExchange asked = new AskedExchange("GET", "/apis/things.example.com/v1/things?watch=1");
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                stage.ask(asked);
            } catch (IOException broken) {
                // nobody is there to be told
            }
        });
        Waiting.until("the request there", () -> !stage.backend.heads.isEmpty());
        asked.leave();
        watch.join();
        Waiting.until("its end there", () -> ended.getCount() == 0);
    }

    private record Ends(InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                input.close();
                output.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void anUpgradedConnectionCarriesBytesBothWays() throws Exception {
        stage.backend.script = (in, out) -> {
            Backend.say(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\n");
            byte[] got = in.readNBytes(4);
            Backend.say(out, "pong:" + new String(got, StandardCharsets.UTF_8));
        };
        PipedOutputStream client = new PipedOutputStream();
        PipedInputStream back = new PipedInputStream();
        AskedExchange asked = new AskedExchange("POST", "/apis/things.example.com/v1/things/x/exec")
                .with("upgrade", "SPDY/3.1").with("connection", "Upgrade")
                .upgraded(new Ends(new PipedInputStream(client), new PipedOutputStream(back)));
        Thread session = Thread.ofVirtual().start(() -> {
            try {
                stage.ask(asked);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        client.write("ping".getBytes(StandardCharsets.UTF_8));
        client.flush();
        assertThat(new String(back.readNBytes(9), StandardCharsets.UTF_8)).isEqualTo("pong:ping");
        client.close();
        session.join();
        assertThat(asked.status).isEqualTo(101);
        assertThat(asked.answered).containsEntry("upgrade", "SPDY/3.1");
    }

    /// More requests would follow, with headers nobody has looked at.
    @ParameterizedTest
    @ValueSource(strings = {"h2c", "websocket, H2C"})
    void http2InClearTextIsNoUpgrade(String protocol) throws Exception {
        stage.backend.says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
        AskedExchange asked = stage.ask(new AskedExchange("GET", "/apis/things.example.com/v1/things")
                .with("upgrade", protocol).with("connection", "Upgrade, HTTP2-Settings"));
        assertThat(asked.got()).startsWith("error trying to reach service: it switched protocols");
        assertThat(stage.backend.heads).singleElement().asString().doesNotContainIgnoringCase("upgrade");
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage\r\n\r\n", "", "HTTP/1.1 x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nbytes"})
    void whatIsNoAnswerIsTold(String answer) throws Exception {
        stage.backend.says(answer);
        AskedExchange asked = stage.get();
        assertThat(asked.status).isEqualTo(503);
        assertThat(asked.got()).startsWith("error trying to reach service: ");
        assertThat(asked.answered).containsEntry("content-type", "text/plain; charset=utf-8");
        assertThat(stage.backend.json("{}").heads).hasSize(1);
        assertThat(stage.get().status).isEqualTo(200);
    }

    @Test
    void headersWithoutEndAreNotRead() throws Exception {
        stage.backend.script = (in, out) -> {
            Backend.say(out, "HTTP/1.1 200 OK\r\n");
            while (true) {
                Backend.say(out, "x: " + "y".repeat(1000) + "\r\n");
            }
        };
        assertThat(stage.get().got()).startsWith("error trying to reach service: headers beyond");
        stage.backend.script = (in, out) -> {
            while (true) {
                Backend.say(out, "HTTP/1.1 103 Early Hints\r\n\r\n");
            }
        };
        assertThat(stage.get().got()).startsWith("error trying to reach service: more than 16 informational");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n-3\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n"})
    void anAnswerThatEndsEarlyIsBrokenOff(String answer) {
        stage.backend.says(answer);
        AskedExchange asked = new AskedExchange("GET", "/apis/things.example.com/v1/things");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> stage.ask(asked));
        assertThat(asked.got()).isEqualTo("short");
        assertThat(asked.aborted).isTrue();
        assertThat(asked.closed).isFalse();
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        stage.backend.says("HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
        AskedExchange asked = stage.get();
        assertThat(asked.status).isEqualTo(502);
        assertThat(asked.got().strip())
                .isEqualTo("the backend attempted to redirect this request, which is not permitted");
    }

    @Test
    void aServerThatHangsIsWaitedForSoLong() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        stage.backend.script = (in, out) -> end.await();
        Forwarding quick = new Forwarding(stage.parts.backends, new OpenRequests(1 << 30), Duration.ofMillis(200));
        AskedExchange asked = new AskedExchange("GET", "/apis/things.example.com/v1/things");
        quick.serve(ApiService.of(stage.api.get(ApiService.RESOURCE, Stage.KEY)), Stage.JANE, asked);
        end.countDown();
        assertThat(asked.status).isEqualTo(503);
        assertThat(asked.got()).contains("timeout awaiting response headers");
    }

    @Test
    void anUnavailableServerIsNotAsked() throws Exception {
        stage.slice(false, "https");
        stage.check();
        stage.backend.dialled.clear();
        AskedExchange asked = stage.get();
        assertThat(asked.status).isEqualTo(503);
        assertThat(asked.got().strip()).isEqualTo("service unavailable");
        assertThat(stage.backend.dialled).isEmpty();
    }

    @Test
    void aServerThatCannotBeDialledIsTold() throws Exception {
        stage.backend.close();
        assertThat(stage.get().got()).startsWith("error trying to reach service: dial tcp 10.42.1.5:8443: ");
        stage.parts.backends.dialer(null);
        assertThat(stage.get().got()).startsWith("error trying to reach service: this server has no way");
    }

    @Test
    void whoeverHasNotTheCertificateOfTheBundleIsNotBelieved(@TempDir Path other) throws Exception {
        try (Backend liar = new Backend(other)) {
            liar.json("{}");
            stage.parts.backends.dialer(liar.dialer());
            AskedExchange asked = stage.get();
            assertThat(asked.status).isEqualTo(503);
            assertThat(asked.got()).startsWith("error trying to reach service: ");
            assertThat(liar.heads).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/apis/things.example.com/v1/../../secrets", "/apis/things.example.com/v1/%2e%2E/x",
            "/apis/things.example.com/v1/a%2f..%2f..%2fmetrics", "/apis/things.example.com/v1//things",
            "/apis/things.example.com/v1/things/a\r\nHost: evil", "/apis/things.example.com/v1/a b"})
    void aPathThatMeansSomethingElseThereIsRefused(String path) {
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> stage.ask(new AskedExchange("GET", path)))
                .satisfies(f -> assertThat(f.code()).isEqualTo(400));
        assertThat(stage.backend.heads).isEmpty();
    }

    @Test
    void aNameWithALineEndInItIsRefused() {
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> new ForwardedHead("GET", "/", "h")
                .user(Caller.of("jane\r\nX-Remote-Group: system:masters", List.of())));
        String head = new String(new ForwardedHead("GET", "/", "h").user(new Caller("jané", "", List.of(), Map.of()))
                .end(), StandardCharsets.UTF_8);
        assertThat(head).contains("X-Remote-User: jané\r\n");
    }

    /// Go drops a pair with a semicolon in it, and would list everything.
    @Test
    void aQueryIsPassedOnAsItWasAuthorized() throws Exception {
        stage.backend.json("{}");
        stage.ask(new AskedExchange("GET",
                "/apis/things.example.com/v1/things?fieldSelector=metadata.name%3Dmine,metadata.namespace!%3D;&a=%2b&b"));
        assertThat(stage.backend.heads).singleElement().asString().startsWith("GET /apis/things.example.com/v1/things"
                + "?fieldSelector=metadata.name%3Dmine%2Cmetadata.namespace%21%3D%3B&a=%2B&b= HTTP/1.1\r\n");
        stage.backend.heads.clear();
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> stage.ask(
                new AskedExchange("GET", "/apis/things.example.com/v1/things?fieldSelector=metadata.name%3Dmine%+9")))
                .satisfies(f -> assertThat(f.code()).isEqualTo(400));
        assertThat(stage.backend.heads).isEmpty();
    }

    @Test
    void aServicesEndpointsAreReadOnceForAllRequestsOfASecond() throws Exception {
        stage.backend.json("{}");
        assertThat(stage.get().status).isEqualTo(200);
        Obj service = stage.api.get(Stage.SERVICES, Stage.SERVICE);
        stage.api.vanish(Stage.SERVICES, Stage.SERVICE);
        stage.api.refuse("get", Stage.SERVICES, ApiFault.unavailable("busy"));
        assertThat(stage.get().status).isEqualTo(200);
        stage.clock.advance(RecentEndpoints.FRESH);
        assertThat(stage.get().got().strip()).isEqualTo("service unavailable");
        stage.api.seed(Stage.SERVICES, service);
        assertThat(stage.get().got().strip()).as("within the second, too").isEqualTo("service unavailable");
        stage.clock.advance(RecentEndpoints.FRESH);
        assertThat(stage.get().status).isEqualTo(200);
    }
}
