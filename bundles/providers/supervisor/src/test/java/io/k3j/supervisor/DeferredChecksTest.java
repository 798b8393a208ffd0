package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeferredChecksTest {
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean reachable;
    private final DeferredChecks checks = new DeferredChecks(() -> reachable, this::check,
            (node, matches) -> outcomes.add(node + " " + matches));

    @AfterEach
    void close() {
        checks.close();
    }

    private boolean check(String node, NodeSecrets.Presented presented) {
        threads.add(Thread.currentThread());
        return switch (presented.password()) {
            case "unreadable" -> throw new IllegalArgumentException("unknown hash format");
            case "never" -> throw ApiFault.unavailable("away");
            case "invalid" -> throw ApiFault.badRequest("no name of a Secret");
            default -> presented.password().equals("right");
        };
    }

    private static NodeSecrets.Presented claimed(String password) {
        return new NodeSecrets.Presented(password, Optional.empty(), Optional.of(Instant.EPOCH));
    }

    private String next() throws InterruptedException {
        return String.valueOf(outcomes.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void areMadeInTheirOrderByOneThread() throws Exception {
        checks.add("a", claimed("right"), "192.0.2.1");
        checks.add("a", claimed("unreadable"), "192.0.2.1");
        checks.add("a", claimed("wrong"), "192.0.2.2");
        checks.add("server", new NodeSecrets.Presented("right", Optional.empty()), "");
        checks.start();
        assertThat(outcomes).as("without an API").isEmpty();
        reachable = true;
        checks.start();
        checks.start();
        assertThat(List.of(next(), next(), next())).containsExactly("a true", "a false", "server true");
        assertThat(threads).hasSize(1);
    }

    @Test
    void goOnWhileOneOfThemFails() throws Exception {
        checks.add("a", claimed("never"), "192.0.2.1");
        checks.add("b", claimed("right"), "192.0.2.1");
        reachable = true;
        checks.start();
        assertThat(next()).isEqualTo("b true");
    }

    @Test
    void giveUpTheirPlaceForNamesThatNoNodeCanHave() throws Exception {
        for (int i = 0; i < DeferredChecks.MOST_CLAIMS_OF_ONE; i++) {
            checks.add("n_" + i, claimed("invalid"), "192.0.2.1");
        }
        checks.add("a", claimed("right"), "192.0.2.2");
        reachable = true;
        checks.start();
        assertThat(next()).as("the last of them").isEqualTo("a true");
        assertThat(checks.add("b", claimed("right"), "192.0.2.1")).isTrue();
    }

    @Test
    void leaveRoomForTheClaimsOfOtherAddresses() {
        Set<String> admitted = new HashSet<>();
        for (int i = 0; i < 2 * DeferredChecks.MOST_CLAIMS_OF_ONE; i++) {
            if (checks.add("n" + i, claimed("x"), "192.0.2.1")) {
                admitted.add("n" + i);
            }
        }
        assertThat(admitted).hasSize(DeferredChecks.MOST_CLAIMS_OF_ONE);
        assertThat(checks.add("n0", claimed("x"), "192.0.2.1")).as("it waits").isTrue();
        int addresses = 0;
        while (checks.add("m", claimed("of " + addresses), "198.51.100." + addresses)) {
            addresses++;
        }
        assertThat(addresses).isEqualTo(DeferredChecks.MOST_CLAIMS - DeferredChecks.MOST_CLAIMS_OF_ONE);
        assertThat(checks.add("server", new NodeSecrets.Presented("x", Optional.empty()), "")).isTrue();
    }

    /// A machine may have every address of a prefix.
    @Test
    void leaveRoomForTheClaimsOfOtherPrefixes() {
        int addresses = 0;
        while (checks.add("m", claimed("of " + addresses), "2001:db8:0:1::" + Integer.toHexString(addresses + 1))) {
            addresses++;
        }
        assertThat(addresses).isEqualTo(DeferredChecks.MOST_CLAIMS_OF_PREFIX);
        assertThat(checks.add("n", claimed("x"), "2001:db8:0:1:ffff:ffff:ffff:ffff")).isFalse();
        assertThat(checks.add("n", claimed("x"), "2001:db8:0:2::1")).as("of another prefix").isTrue();
        assertThat(checks.add("n", claimed("y"), "::ffff:192.0.2.1")).as("of IPv4").isTrue();
    }

    @Test
    void areCountedForOneAddressOfAPrefixToo() {
        int names = 0;
        while (checks.add("n" + names, claimed("x"), "fe80::1%1")) {
            names++;
        }
        assertThat(names).isEqualTo(DeferredChecks.MOST_CLAIMS_OF_ONE);
        assertThat(checks.add("n", claimed("x"), "fe80::2%1")).isTrue();
    }
}
