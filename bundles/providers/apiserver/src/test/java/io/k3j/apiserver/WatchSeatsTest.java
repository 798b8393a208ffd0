package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.k3j.flowcontrol.Seats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A watch has a seat while its first objects are looked for, and none while they are sent.
class WatchSeatsTest {
    private final TestServer server = new TestServer();
    private final TakenSeats seats = new TakenSeats(server);

    @AfterEach
    void close() throws InterruptedException {
        seats.close();
        server.close();
    }

    private void create(int maps) throws IOException {
        for (int i = 0; i < maps; i++) {
            byte[] body = ("{\"metadata\":{\"name\":\"map-" + i + "\"}}").getBytes(StandardCharsets.UTF_8);
            assertThat(server.serve(new TestExchange("POST", "/api/v1/namespaces/a/configmaps", body)
                    .with("authorization", "Bearer alice")).status()).isEqualTo(201);
        }
    }

    private TestExchange watches(String query) {
        return new TestExchange("GET", "/api/v1/configmaps?watch=true" + query, new byte[0]).with("authorization",
                "Bearer mallory");
    }

    @Test
    void aWatchLooksForItsFirstObjectsInASeat() throws IOException, InterruptedException {
        server.everybody();
        create(1);
        seats.take(false, seats.all(), i -> "user-" + i);
        assertThat(server.serve(watches("")).status()).isEqualTo(429);
        assertThat(server.serve(watches("&resourceVersion=1")).status()).isEqualTo(200);
        TestExchange node = new TestExchange("GET", "/api/v1/configmaps?watch=true", new byte[0]);
        assertThat(server.serve(node.with("authorization", "Bearer system:node:n")).status()).isEqualTo(200);
    }

    /// A watch of all maps that mallory does not read; returns when its first part is sent.
    private TestExchange slowWatch() throws InterruptedException {
        CountDownLatch sending = new CountDownLatch(1);
        TestExchange slow = new TestExchange("GET", "/api/v1/configmaps?watch=true", new byte[0]) {
            @Override
            public void write(byte[]... parts) throws IOException {
                sending.countDown();
                super.write(parts);
            }
        };
        slow.stall(true);
        seats.beside(() -> {
            try {
                server.serve(slow.with("authorization", "Bearer mallory"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(sending.await(60, TimeUnit.SECONDS)).isTrue();
        return slow;
    }

    /// Longer than a request waits: to begin anew would cost more.
    @Test
    void aWatchThatHasBegunWaitsForItsNextSeat() throws IOException, InterruptedException {
        server.everybody();
        create(600);
        TestExchange slow = slowWatch();
        seats.take(false, seats.all(), i -> "user-" + i);
        slow.stall(false);
        long since = System.nanoTime();
        while (System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(Seats.PATIENCE_MILLIS + 1_000)) {
            LockSupport.parkNanos(10_000_000);
        }
        seats.free();
        for (int i = 0; i < 600; i++) {
            assertThat(slow.line()).contains("ADDED");
        }
    }

    @Test
    void aWatchThatIsReadSlowlyTakesNoSeat() throws IOException, InterruptedException {
        server.everybody();
        create(1);
        TestExchange slow = slowWatch();
        assertThat(server.server.limits().flows().taken()).containsOnly(0);
        slow.stall(false);
        assertThat(slow.line()).contains("ADDED");
    }

    @Test
    void aWatchStopsLookingWhenItsClientHasGone() throws IOException {
        server.everybody();
        create(1_100);
        TestExchange left = watches("&fieldSelector=metadata.namespace!%3Da");
        left.leave();
        assertThatIOException().isThrownBy(() -> server.serve(left)).withMessage("the client has gone");
        assertThat(left.status()).isZero();
    }
}
