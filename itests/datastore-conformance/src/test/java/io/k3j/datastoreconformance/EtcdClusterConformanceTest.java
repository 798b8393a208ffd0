package io.k3j.datastoreconformance;

import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.Tag;

/// Against three members what several members and their elections can disturb: order, watches, time. What one call
/// means does not depend on their number. Under `-Pfull`: what three members add is seen by `itests/ha` as well.
@Tag("full")
@Tag("data")
@NeedsPackages("etcd-server")
class EtcdClusterConformanceTest extends OnEtcd
        implements
            WatchGuarantees,
            LifetimeGuarantees,
            ConcurrencyGuarantees {
    @Override
    int members() {
        return 3;
    }
}
