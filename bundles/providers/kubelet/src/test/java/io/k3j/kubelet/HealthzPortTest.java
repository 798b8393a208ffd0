package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.componentapi.Health;
import io.k3j.kubeletconfig.KubeletDefaults;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HealthzPortTest {
    private final int port = FreePort.next();
    private final CountDownLatch closed = new CountDownLatch(1);

    private static KubeletOptions options(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aPortThatWasTakenIsServedWhenItIsFreeAndUntilTheEnd() throws IOException, InterruptedException {
        InetSocketAddress address = options(Map.of("healthz-port", Integer.toString(port))).healthz(List.of())
                .orElseThrow();
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
        assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void itListensAtLoopbackUnlessItIsToldOtherwise() {
        assertThat(options(Map.of()).healthz(List.of("192.0.2.1", "2001:db8::1")))
                .contains(new InetSocketAddress("127.0.0.1", 10_248));
        assertThat(options(Map.of()).healthz(List.of("2001:db8::1"))).contains(new InetSocketAddress("::1", 10_248));
        assertThat(options(Map.of("healthz-bind-address", "0.0.0.0")).healthz(List.of()))
                .contains(new InetSocketAddress("0.0.0.0", 10_248));
        assertThat(options(Map.of("healthz-port", "0")).healthz(List.of())).isEmpty();
    }

    @Test
    void whatIsNoAddressOrPortIsRefusedByName() {
        for (Map<String, String> wrong : List.of(Map.of("healthz-port", "65536"), Map.of("healthz-port", "-1"),
                Map.of("healthz-bind-address", "localhost"), Map.of("healthz-port", "4294967297"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> options(wrong).healthz(List.of()))
                    .withMessageContaining("healthz-port");
        }
    }
}
