package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.FlagMismatch;
import io.k3j.clusteragreement.ServerJoin;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server returns whose etcd no member accepts, because the others have adopted new authorities meanwhile.
@Timeout(120)
class LeftBehindTest {
    private static final List<String> AUTHORITIES = List.of("client-ca", "server-ca", "request-header-ca",
            "etcd/server-ca", "etcd/peer-ca");
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final CurrentDatastore current = new CurrentDatastore();
    private final List<String> reports = new ArrayList<>();
    private TestServer first;
    private TestServer second;
    private Served served;

    @BeforeEach
    void start() throws Exception {
        first = new TestServer(directory, "server-1").flag("clusterInit", true);
        served = Served.of(first, first.start(store), store);
        second = new TestServer(directory, "server-2").flag("server", served.address());
        second.start(store);
    }

    @AfterEach
    void stop() {
        served.close();
        store.close();
    }

    /// Rotates the authorities on all servers but the second.
    private void rotateAuthorities() throws Exception {
        Struct strangers = Strangers
                .since(Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS).toString());
        new BootstrapData(store, "s3cret", TestServer.RANDOM).replace(record -> {
            Struct next = record;
            for (String field : strangers.names()) {
                next = next.with(field, strangers.get(field));
            }
            return Optional.of(next);
        });
        served.close();
        served = Served.of(first, first.start(store), store);
        second.flag("server", served.address());
    }

    private static ServerJoin joining(TestServer server) throws IOException {
        return new ServerJoin(server.layout, server.settings(), server.own().server(server.layout),
                server.own().configuration(server.layout));
    }

    /// Runs until one of the three possible outcomes: a datastore, new authorities, or a degraded report.
    private Optional<Datastore> awaitOutcome(TestServer server) throws IOException, InterruptedException {
        HealthScope health = new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                reports.add(message);
                current.close();
            }

            @Override
            public void close() {
                // this scope keeps no state
            }
        };
        return new LeftBehind(server.settings(), new JoinTokens(server.layout, server.settings()), joining(server),
                health,
                Duration.ofMillis(1)).await(current);
    }

    private boolean caughtUp(TestServer server) throws IOException, InterruptedException {
        assertThat(awaitOutcome(server)).isEmpty();
        return reports.isEmpty();
    }

    private static List<String> authorities(TestServer server) throws IOException {
        List<String> names = new ArrayList<>();
        for (String authority : AUTHORITIES) {
            names.add(PemFiles.certificates(server.layout.tls(authority + ".crt")).getFirst().getSubjectX500Principal()
                    .getName());
        }
        return names;
    }

    @Test
    void adoptsThemFromTheServerNamedByTheFlag() throws Exception {
        rotateAuthorities();
        assertThat(authorities(second)).isNotEqualTo(authorities(first));
        assertThat(caughtUp(second)).isTrue();
        assertThat(authorities(second)).isEqualTo(authorities(first)).allMatch(name -> name.contains("new-"));
        second.start(store);
        assertThat(second.tree().get("server/token")).isEqualTo(first.tree().get("server/token"));
    }

    @Test
    void withoutATokenFlagItUsesTheTokenOnDisk() throws Exception {
        rotateAuthorities();
        second.without("token");
        assertThat(caughtUp(second)).isTrue();
    }

    @Test
    void anAvailableDatastoreEndsTheWait() throws Exception {
        rotateAuthorities();
        List<String> before = authorities(second);
        current.bind(store);
        assertThat(awaitOutcome(second)).contains(store);
        assertThat(authorities(second)).isEqualTo(before);
    }

    @Test
    void olderAuthoritiesAreNotAdopted() throws Exception {
        // this server was off during the rotation and answers from its disk
        TestServer off = new TestServer(directory, "off").flag("clusterInit", true);
        Credentials old = off.start(store);
        rotateAuthorities();
        second.start(store);
        Map<String, String> before = second.tree();
        served.close();
        served = Served.of(off, old, null);
        assertThat(joining(second.flag("server", served.address())).catchUp("s3cret")).isFalse();
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void unchangedAuthoritiesCauseNoNewStart() throws Exception {
        Map<String, String> before = second.tree();
        assertThat(joining(second).catchUp("s3cret")).isFalse();
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void anotherAuthoritysHashInTheTokenIsReportedAndNothingIsWritten() throws Exception {
        second.flag("token", second.tree().get("server/token").strip());
        rotateAuthorities();
        Map<String, String> before = second.tree();
        assertThat(caughtUp(second)).isFalse();
        assertThat(reports).singleElement().asString().contains("whether the cluster has new certificate authorities")
                .contains("token CA hash does not match", "copy the token again from server/token");
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void differingFlagsAreRefusedBeforeAnythingIsWritten() throws Exception {
        rotateAuthorities();
        Map<String, String> before = second.tree();
        assertThatThrownBy(() -> caughtUp(second.flag("clusterDomain", "example.org"))).isInstanceOf(FlagMismatch.class)
                .hasMessageContaining("--cluster-domain");
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void withoutAServerToAskTheReportNamesTheFlag() throws Exception {
        rotateAuthorities();
        assertThat(caughtUp(second.without("server"))).isFalse();
        assertThat(reports).singleElement().asString().contains("found no majority", "new certificate authorities",
                "--server https://ANOTHER-SERVER:6443");
    }
}
