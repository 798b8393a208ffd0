package io.k3j.metricsserver;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ListerContract;
import io.k3j.testkit.ManualClock;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/// One pod has no figures yet, and so is not there.
class MetricsListerContractTest extends ListerContract {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final String UNMEASURED = "new";
    private final FakeApi api = FakeApi.stepped(new ManualClock());
    private final Lister lister = new MetricsLister(MetricsKinds.PODS, () -> api.view(PODS, Query.ALL),
            MetricsListerContractTest::metrics);

    private static Optional<Supplier<Struct>> metrics(Obj pod) {
        return pod.name().equals(UNMEASURED) ? Optional.empty()
                : Optional.of(() -> Struct.of("apiVersion", MetricsKinds.PODS.apiVersion(), "kind", "PodMetrics",
                        "metadata", Struct.of("name", pod.name(), "namespace", pod.namespace())));
    }

    @BeforeEach
    void begin() {
        for (Key pod : new Key[] {new Key("shop", "web"), new Key("shop", UNMEASURED), new Key("bank", "web"),
                new Key("shop", "db")}) {
            api.seed(PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", pod.name(), "namespace", pod.namespace()))));
        }
    }

    @Override
    protected Lister lister() {
        return lister;
    }

    @Override
    protected Key present() {
        return new Key("shop", "web");
    }

    @Override
    protected Key absent() {
        return new Key("shop", UNMEASURED);
    }
}
