package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastoreetcd.EtcdStore;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testmachine.NeedsPackages;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Watches of a store that is cut off from etcd.
@NeedsPackages({"etcd-server", "etcd-client"})
class EtcdCutOffWatchTest {
    private static final Duration START = Duration.ofSeconds(60);
    /// Five seconds are promised, and asserted where nothing else runs.
    private static final Duration BACK = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 5 : 60);
    private static final int CHANGES = 24;
    /// Of one value: all of them are more than is kept in memory.
    private static final int BYTES = 1 << 20;
    @TempDir
    Path directory;

    private static EtcdStore open(String endpoints) {
        return eventually(() -> EtcdStore.open(EtcdEndpoints.parse(endpoints, Optional.empty()), trouble -> {
        }), START);
    }

    /// It was cut off for longer than history is kept: etcd cancels its watch, and leaves the stream open.
    @Test
    void readsAndWatchesGoOnWithinSecondsOfItsReturn() throws InterruptedException {
        try (EtcdServers servers = EtcdServers.start(directory, 1); EtcdStore opened = open(servers.endpoints())) {
            PatientStore other = new PatientStore(opened);
            int port = port(servers);
            try (CuttingProxy proxy = new CuttingProxy(port);
                    EtcdStore store = open("http://127.0.0.1:" + proxy.port())) {
                PatientStore patient = new PatientStore(store);
                committed(patient.commit("/a", 0, bytes("1"), Duration.ZERO));
                patient.revision();
                proxy.lead(1);
                proxy.cut();
                for (int i = 0; i < 100; i++) {
                    committed(other.commit("/other/" + i, 0, bytes("1"), Duration.ZERO));
                }
                other.compact(other.revision() - 1);
                proxy.lead(port);
                long newest = eventually(store::revision, BACK);
                assertThat(newest).isEqualTo(other.revision());
                try (Watch watch = patient.watch("/", newest)) {
                    committed(other.commit("/heard", 0, bytes("1"), Duration.ZERO));
                    assertThat(Conformance.take(watch, 1).getFirst().key()).isEqualTo("/heard");
                }
                committed(patient.commit("/written", 0, bytes("1"), Duration.ZERO));
            }
        }
    }

    /// It is so far behind that it reads etcd's own history.
    @Test
    void aWatchThatReadsHistoryStaysWhileEtcdIsAway() throws InterruptedException {
        try (EtcdServers servers = EtcdServers.start(directory, 1);
                CuttingProxy proxy = new CuttingProxy(port(servers));
                EtcdStore store = open("http://127.0.0.1:" + proxy.port())) {
            PatientStore patient = new PatientStore(store);
            long before = patient.revision();
            try (Watch slow = patient.watch("/", before); Watch quick = patient.watch("/", before)) {
                for (int i = 0; i < CHANGES; i++) {
                    committed(patient.commit("/" + i, 0, new byte[BYTES], Duration.ZERO));
                    assertThat(Conformance.take(quick, 1)).hasSize(1);
                }
                proxy.lead(1);
                proxy.cut();
                assertThat(slow.next(Duration.ofSeconds(2))).isEqualTo(new Watch.Batch(List.of(), before));
                proxy.lead(port(servers));
                assertThat(Conformance.take(slow, CHANGES)).extracting(Change::key).startsWith("/0", "/1")
                        .hasSize(CHANGES);
            }
        }
    }

    private static int port(EtcdServers servers) {
        return URI.create(servers.endpoint(0)).getPort();
    }
}
