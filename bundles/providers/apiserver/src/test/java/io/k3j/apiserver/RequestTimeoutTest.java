package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestTimeoutTest {
    @Test
    void whatIsNoDurationIsRefused() throws IOException {
        try (TestServer server = new TestServer()) {
            for (String path : List.of("/version", "/api/v1/configmaps")) {
                TestExchange refused = server.get(path + "?timeout=invalid");
                assertThat(refused.status()).as(path).isEqualTo(400);
                assertThat(refused.text()).contains("invalid timeout specified in the request URL");
            }
        }
    }

    /// All seats are taken, so that it would wait for a quarter of a minute.
    @Test
    void aShortOneWaitsForItsTurnForAShortTimeOnly() throws Exception {
        try (TestServer server = new TestServer()) {
            TakenSeats seats = new TakenSeats(server);
            server.everybody();
            int all = seats.all();
            seats.take(false, all, i -> "user" + i);
            long since = System.nanoTime();
            TestExchange late = server.serve(new TestExchange("GET", "/api/v1/configmaps?timeout=200ms", new byte[0])
                    .with("authorization", "Bearer mallory"));
            assertThat(late.status()).isEqualTo(429);
            assertThat(System.nanoTime() - since).isLessThan(TimeUnit.SECONDS.toNanos(10));
            seats.close();
        }
    }

    @Test
    void noLimitAndMoreThanTheLongestAreServed() throws IOException {
        try (TestServer server = new TestServer()) {
            for (String wanted : List.of("", "0s", "3m", "-1s", "32s", "1ms")) {
                assertThat(server.get("/version?timeout=" + wanted).status()).as(wanted).isEqualTo(200);
            }
        }
    }
}
