package io.k3j.datastoreconformance;

import io.k3j.testmachine.NeedsPackages;

/// Every guarantee, against a cluster of one.
@NeedsPackages("etcd-server")
class EtcdConformanceTest extends OnEtcd
        implements
            CommitGuarantees,
            ReadGuarantees,
            WatchGuarantees,
            CompactionGuarantees,
            LifetimeGuarantees,
            ConcurrencyGuarantees,
            Simulation {
    @Override
    int members() {
        return 1;
    }

    @Override
    public void restart() {
        reopen();
    }
}
