package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.committed;
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

/// A watch so far behind that it reads etcd's own history.
@NeedsPackages({"etcd-server", "etcd-client"})
class EtcdSlowWatchTest {
    private static final int CHANGES = 24;
    /// Of one value: all of them are more than is kept in memory.
    private static final int BYTES = 1 << 20;
    @TempDir
    private Path directory;

    @Test
    void staysWhileEtcdIsAway() throws InterruptedException {
        try (EtcdServers servers = EtcdServers.start(directory, 1);
                CuttingProxy proxy = new CuttingProxy(port(servers));
                EtcdStore store = EtcdStore.open(EtcdEndpoints.parse("http://127.0.0.1:" + proxy.port(),
                        Optional.empty()), trouble -> {
                        })) {
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
