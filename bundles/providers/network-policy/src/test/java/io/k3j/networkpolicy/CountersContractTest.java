package io.k3j.networkpolicy;

import io.k3j.componentapi.Metrics;
import io.k3j.model.Key;
import io.k3j.netpolicy.Direction;
import io.k3j.testkit.MetricsContract;
import java.util.Map;

/// Of a node with a policy whose rules have let somebody through, and refused somebody.
class CountersContractTest extends MetricsContract {
    private final Counters counters = new Counters();

    CountersContractTest() {
        Key policy = new Key("shop", "db");
        counters.meaning(Map.of("p1", new PolicyChains.Counted(policy, Direction.INGRESS, true), "p2",
                new PolicyChains.Counted(policy, Direction.EGRESS, false)));
        counters.packets(Map.of("p1", 7L, "p2", 3L));
        counters.written(5_000_000);
        counters.decided(900_000);
        counters.refused();
    }

    @Override
    protected Metrics metrics() {
        return counters::text;
    }
}
