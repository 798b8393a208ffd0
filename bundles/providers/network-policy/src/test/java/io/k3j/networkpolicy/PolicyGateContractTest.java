package io.k3j.networkpolicy;

import io.k3j.componentapi.Health;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PodStartGate;
import io.k3j.testkit.PodStartGateContract;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The gate is closed until the policies have been read from the API.
class PolicyGateContractTest extends PodStartGateContract {
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(5);
    private final PolicyLoop read = loop(true);
    private final PolicyLoop unread = loop(false);

    /// Takes whatever it is given.
    private static final class Taking implements PacketFilter {
        @Override
        public void apply(String script) {
            // it stands
        }

        @Override
        public Set<String> objects(String family, String table) {
            return Set.of();
        }

        @Override
        public void forgetFlows(String address, int port) {
            // there are none
        }

        @Override
        public AutoCloseable onForeignChange(Runnable changed) {
            return () -> {
            };
        }
    }

    private static PolicyLoop loop(boolean complete) {
        return new PolicyLoop(World.picture(), new Taking(), () -> complete,
                new PolicyLoop.PolicyReports(Health.none().scope("network-policy"), new Counters(), World.untold()),
                World.RANGES);
    }

    private static void run(PolicyLoop loop) {
        try {
            loop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @BeforeEach
    void begin() {
        for (PolicyLoop loop : List.of(read, unread)) {
            Thread.startVirtualThread(() -> run(loop));
        }
    }

    @AfterEach
    void end() {
        read.stop();
        unread.stop();
    }

    @Override
    protected PodStartGate open() {
        return (pod, addresses) -> read.decide(pod, addresses, LONG);
    }

    @Override
    protected PodStartGate closed() {
        return (pod, addresses) -> unread.decide(pod, addresses, MOMENT);
    }

    @Override
    protected Sample pod() {
        return new Sample(World.pod("a/x"), World.ADDRESSES.get("a/x"));
    }
}
