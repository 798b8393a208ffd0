package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimedAnswerTest {
    private static final byte[] ANSWER = "answer".getBytes(StandardCharsets.UTF_8);
    private static final Duration LONG = Duration.ofMinutes(5);
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/whole", exchange -> {
            begin(exchange, ANSWER.length);
            exchange.close();
        });
        server.createContext("/begun", exchange -> begin(exchange, ANSWER.length + 1L));
        server.start();
    }

    private static void begin(HttpExchange exchange, long announced) throws IOException {
        exchange.sendResponseHeaders(200, announced);
        exchange.getResponseBody().write(ANSWER);
        exchange.getResponseBody().flush();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.stop(0);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    @Test
    void aWholeAnswerIsGiven() throws Exception {
        assertThat(TimedAnswer.within(client, request("/whole").build(), LONG, ANSWER.length).body())
                .isEqualTo(ANSWER);
        assertThat(TimedAnswer.of(client, request("/whole").build(), LONG, ANSWER.length, "late").body())
                .isEqualTo(ANSWER);
    }

    @Test
    void anAnswerThatStopsInItsBodyIsLate() {
        Duration limit = Duration.ofMillis(300);
        assertThatThrownBy(() -> TimedAnswer.within(client, request("/begun").build(), limit, ANSWER.length + 1))
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> TimedAnswer.of(client, request("/begun").build(), limit, ANSWER.length + 1, "late"))
                .isInstanceOf(IOException.class).hasMessage("late");
    }

    @Test
    void aLongerAnswerIsAnError() {
        assertThatThrownBy(() -> TimedAnswer.within(client, request("/whole").build(), LONG, ANSWER.length - 1))
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> TimedAnswer.of(client, request("/whole").build(), LONG, ANSWER.length - 1, "late"))
                .isInstanceOf(IOException.class).message().isNotEqualTo("late");
    }
}
