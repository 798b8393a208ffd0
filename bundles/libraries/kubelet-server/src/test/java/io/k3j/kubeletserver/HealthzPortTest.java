package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HealthzPortTest {
    private final int port = FreePort.next();
    private final CountDownLatch closed = new CountDownLatch(1);

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aPortThatWasTakenIsServedWhenItIsFreeAndUntilTheEnd() throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
        HealthzPort served = new HealthzPort(Health.none(), address, Duration.ofMillis(20));
        Thread thread;
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(address);
            thread = Thread.startVirtualThread(() -> {
                try {
                    served.run(closed);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        Waiting.until("healthz answers", () -> get("/healthz").body().equals("ok"));
        assertThat(get("/healthz?verbose").statusCode()).isEqualTo(200);
        assertThat(get("/healthz/ping").body()).isEqualTo("ok");
        assertThat(get("/pods").statusCode()).isEqualTo(404);
        closed.countDown();
        assertThat(thread.join(Waiting.LIMIT)).isTrue();
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }
}
