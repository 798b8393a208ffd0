package io.k3j.testkitmachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a server says of itself is taken for what kubectl would print of it.
class ReadinessTest {
    private static final int OK = 200;
    private final AtomicInteger opened = new AtomicInteger();
    private HttpServer server;
    private volatile int code = OK;
    private volatile String body = "";
    private Readiness readiness;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
        readiness = new Readiness(() -> {
            opened.incrementAndGet();
            return Api.to("http://127.0.0.1:" + server.getAddress().getPort());
        });
    }

    @AfterEach
    void end() {
        readiness.close();
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"Ready, true", "NotReady, false", "Unknown, false", "'Ready,SchedulingDisabled', false"})
    void aNodeIsReadyWhenItsRowSaysNoMore(String status, boolean ready) throws IOException, InterruptedException {
        body = "{\"kind\":\"Table\",\"rows\":[{\"cells\":[\"server-1\",\"" + status + "\",\"control-plane\"]}]}";
        assertThat(readiness.node()).isEqualTo(ready);
    }

    @Test
    void whoIsRefusedAsksWithAnotherKubeconfigNextTime() throws IOException, InterruptedException {
        code = 401;
        assertThat(readiness.account()).isFalse();
        code = OK;
        assertThat(readiness.account()).isTrue();
        assertThat(readiness.account()).isTrue();
        assertThat(opened).hasValue(2);
    }

    @Test
    void whoMeetsNobodyAsksWithAnotherKubeconfigNextTime() throws IOException, InterruptedException {
        assertThat(readiness.account()).isTrue();
        InetSocketAddress address = server.getAddress();
        server.stop(0);
        assertThatThrownBy(readiness::account).isInstanceOf(IOException.class);
        assertThat(opened).hasValue(1);
        assertThatThrownBy(readiness::account).isInstanceOf(IOException.class);
        assertThat(opened).as("asked at " + address).hasValue(2);
    }
}
