package io.k3j.testkitprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests that run at the same time are given different ports.
class FreePortTest {
    private static final Duration LIMIT = Waiting.LIMIT;
    private static final int EACH = 100;
    @TempDir
    private Path directory;

    /// Takes some ports and prints them.
    static final class Taker {
        private Taker() {
        }

        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < EACH; i++) {
                System.out.println(FreePort.next(Path.of(arguments[0])));
            }
        }
    }

    @Test
    void noPortIsGivenToTwoProcessesOrThreads() throws Exception {
        Path next = directory.resolve("next");
        List<Integer> ports = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> others = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                others.add(threads.submit(() -> Launch.of(Launch.jdk("java"), "-cp",
                        System.getProperty("java.class.path"), Taker.class.getName(), next.toString()).text(LIMIT)));
            }
            List<Future<Integer>> ours = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                ours.add(threads.submit(() -> FreePort.next(next)));
            }
            for (Future<Integer> one : ours) {
                ports.add(one.get());
            }
            for (Future<String> other : others) {
                other.get().lines().map(Integer::valueOf).forEach(ports::add);
            }
        }
        assertThat(ports).hasSize(3 * EACH).doesNotHaveDuplicates();
    }

    @Test
    void theyLieBelowThoseOfConnectionsAndOfNodePorts() throws IOException {
        int ephemeral = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                .split("\\s+")[0]);
        Path next = directory.resolve("next");
        for (String last : Arrays.asList("", "29999", "99999", "no number")) {
            Files.writeString(next, last);
            assertThat(FreePort.next(next)).isBetween(15_000, Math.max(16_000, Math.min(30_000, ephemeral)));
        }
    }

    @Test
    void oneThatSomebodyListensOnIsLeftOut() throws IOException {
        Path next = directory.resolve("next");
        int port = FreePort.next(next);
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
            Files.writeString(next, Integer.toString(port - 1));
            assertThat(FreePort.next(next)).isGreaterThan(port);
        }
    }
}
