package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastoreetcd.EtcdOpener;
import io.k3j.datastoreetcd.EtcdStore;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testmachine.NeedsPackages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator is told when an etcd cannot be used, and what is tried again.
@NeedsPackages("etcd-server")
class EtcdStartTest {
    private static final String HTTPS = "https://";
    @TempDir
    Path directory;

    @Test
    void oneWithoutTlsBehindHttpsIsNotTriedAgain() {
        try (EtcdServers etcd = EtcdServers.start(directory, 1)) {
            String address = address(etcd);
            refused(HTTPS + address, "etcd at " + address + " does not speak TLS; write http://" + address);
        }
    }

    @Test
    void oneWithTlsBehindHttpIsNotTriedAgain() {
        DatabaseStart.Tls tls = TestCertificates.make(directory, System.getProperty("user.name"));
        try (EtcdServers etcd = EtcdServers.start(directory, 1, List.of("--cert-file",
                directory.resolve("server.crt").toString(), "--key-file", directory.resolve("server.key").toString(),
                "--client-cert-auth", "--trusted-ca-file", tls.authority().toString()))) {
            String address = address(etcd);
            refused("http://" + address, "etcd at " + address + " speaks TLS; write https://" + address);
        }
    }

    @Test
    void certificatesThatWereReplacedAreUsedWithTheNextConnection() throws InterruptedException {
        String user = System.getProperty("user.name");
        DatabaseStart.Tls tls = TestCertificates.make(directory, user);
        try (EtcdServers etcd = EtcdServers.start(directory, 1, List.of("--cert-file",
                directory.resolve("server.crt").toString(), "--key-file", directory.resolve("server.key").toString(),
                "--client-cert-auth", "--trusted-ca-file", tls.authority().toString()))) {
            StoreOpener.Place place = new StoreOpener.Place(etcd.endpoint(0), directory, List.of(
                    tls.authority().toString(), tls.certificate().toString(), tls.key().toString()));
            try (StoreOpener.Opened store = eventually(() -> new EtcdOpener().open(place))) {
                eventually(() -> store.datastore().commit("/registry/a", 0, new byte[1], Duration.ZERO));
                TestCertificates.make(directory, user);
                etcd.kill(0);
                etcd.restart(0);
                eventually(() -> store.datastore().commit("/registry/b", 0, new byte[1], Duration.ZERO));
            }
        }
    }

    @Test
    void oneThatIsNotThereIsTriedAgain() {
        EtcdServers etcd = EtcdServers.start(directory, 1);
        String address = address(etcd);
        etcd.close();
        for (String scheme : List.of("http://", HTTPS)) {
            assertThatThrownBy(() -> open(scheme + address)).isInstanceOf(DatastoreUnavailable.class);
        }
    }

    private static String address(EtcdServers etcd) {
        return etcd.endpoint(0).substring(etcd.endpoint(0).indexOf("//") + 2);
    }

    /// Tries until the process listens, as a server does.
    private static void refused(String endpoint, String told) {
        assertThatThrownBy(() -> {
            for (int i = 0; i < 30; i++) {
                try {
                    open(endpoint);
                } catch (DatastoreUnavailable notYet) {
                    assertThat(notYet).hasMessageContaining("open");
                }
            }
        }).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(told);
    }

    private static void open(String endpoint) {
        EtcdStore.open(EtcdEndpoints.parse(endpoint, Optional.empty()), trouble -> {
        }).close();
    }
}
