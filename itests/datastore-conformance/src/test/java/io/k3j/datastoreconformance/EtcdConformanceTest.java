package io.k3j.datastoreconformance;

/// Every guarantee, against a cluster of one.
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
