package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.HostileBodies;
import io.k3j.testkit.HostileRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a write makes is bounded, not only what it is. This module's tests have 256 MiB of heap in all (`pom.xml`):
/// what takes more than that ends in an `OutOfMemoryError` here.
///
/// Other series by `-Dk3j.seed=`, longer ones by `-Dk3j.bodies=`.
class HostileBodiesTest {
    private static final int MANY = Integer.getInteger("k3j.bodies", 300);
    private static final long SEED = Long.getLong("k3j.seed", 1);
    private static final int LARGE_EVERY = 10;
    /// The limit on CPU time of one: what is quadratic takes minutes. Beside other work on its processor the same takes
    /// twice as long, in CPU time as well.
    private static final Duration LIMIT = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 3 : 30);
    private static final int LONGEST_ANSWER = 2 << 20;
    private static final int FRAMES = 12;
    private final ObjectServer server = new ObjectServer(1L << 30);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void costLittleWhateverTheyAre() throws IOException {
        HostileBodies bodies = new HostileBodies(SEED, LARGE_EVERY, "default");
        for (HostileRequest request : bodies.begin()) {
            assertThat(server.serve(request)).as(request.toString()).isEqualTo("200");
        }
        List<String> costly = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            HostileRequest request = bodies.next();
            String what = cost(request);
            if (!what.isEmpty()) {
                costly.add(i + ": " + what + ": " + request);
            }
        }
        assertThat(costly).as("seed %d", SEED).isEmpty();
    }

    /// What is wrong with the answer; empty for nothing.
    private String cost(HostileRequest request) throws IOException {
        long begin = threads.getCurrentThreadCpuTime();
        String answer;
        try {
            answer = server.serve(request);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return e + " " + Arrays.stream(e.getStackTrace()).limit(FRAMES).toList();
        }
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin);
        return took.compareTo(LIMIT) > 0 ? "took " + took
                : answer.length() > LONGEST_ANSWER ? "an answer of " + answer.length()
                        : answer.startsWith("429") ? answer : "";
    }
}
