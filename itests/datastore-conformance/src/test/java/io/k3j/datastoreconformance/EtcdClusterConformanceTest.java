package io.k3j.datastoreconformance;

/// The same against three members.
class EtcdClusterConformanceTest extends EtcdConformanceTest {
    @Override
    int members() {
        return 3;
    }
}
