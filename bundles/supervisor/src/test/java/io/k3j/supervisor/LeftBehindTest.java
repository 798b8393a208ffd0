package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
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

/// A server comes back whose etcd is let in by nobody, because the others have taken over new authorities meanwhile.
@Timeout(60)
class LeftBehindTest {
    private static final List<String> AUTHORITIES = List.of("client-ca", "server-ca", "request-header-ca",
            "etcd/server-ca", "etcd/peer-ca");
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final CurrentDatastore current = new CurrentDatastore();
    private final List<String> said = new ArrayList<>();
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

    /// New authorities come into force everywhere but on the second server.
    private void rotated() throws Exception {
        Struct strangers = Strangers
                .since(Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS).toString());
        new Bootstrap(store, "s3cret", TestServer.RANDOM).replace(record -> {
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

    private static Joining joining(TestServer server) throws IOException {
        return new Joining(server.layout, server.settings(), server.own().server(server.layout),
                server.own().configuration(server.layout));
    }

    /// Waits until a datastore, new authorities or a complaint have come; which are the three possible outcomes.
    private Optional<Datastore> waited(TestServer server) throws IOException, InterruptedException {
        HealthScope health = new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                said.add(message);
                current.close();
            }

            @Override
            public void close() {
                // nothing to forget
            }
        };
        return new LeftBehind(server.settings(), new Tokens(server.layout, server.settings()), joining(server), health,
                Duration.ofMillis(1)).await(current);
    }

    private boolean caughtUp(TestServer server) throws IOException, InterruptedException {
        assertThat(waited(server)).isEmpty();
        return said.isEmpty();
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
    void itTakesThemOverFromTheServerItJoinedBy() throws Exception {
        rotated();
        assertThat(authorities(second)).isNotEqualTo(authorities(first));
        assertThat(caughtUp(second)).isTrue();
        assertThat(authorities(second)).isEqualTo(authorities(first)).allMatch(name -> name.contains("new-"));
        second.start(store);
        assertThat(second.tree().get("server/token")).isEqualTo(first.tree().get("server/token"));
    }

    @Test
    void withoutAFlagItGoesByTheTokenOnItsDisk() throws Exception {
        rotated();
        second.without("token");
        assertThat(caughtUp(second)).isTrue();
    }

    @Test
    void aDatastoreThatComesIsAllItWaitsFor() throws Exception {
        rotated();
        List<String> before = authorities(second);
        current.use(store);
        assertThat(waited(second)).contains(store);
        assertThat(authorities(second)).isEqualTo(before);
    }

    @Test
    void olderOnesAreNotTakenBack() throws Exception {
        // this one was off instead, and answers from its disk
        TestServer off = new TestServer(directory, "off").flag("clusterInit", true);
        Credentials old = off.start(store);
        rotated();
        second.start(store);
        Map<String, String> before = second.tree();
        served.close();
        served = Served.of(off, old, null);
        assertThat(joining(second.flag("server", served.address())).catchUp("s3cret")).isFalse();
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void theSameOnesAreNoReasonToBeginAgain() throws Exception {
        Map<String, String> before = second.tree();
        assertThat(joining(second).catchUp("s3cret")).isFalse();
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void anotherAuthoritysHashInTheTokenIsToldAndNothingIsWritten() throws Exception {
        second.flag("token", second.tree().get("server/token").strip());
        rotated();
        Map<String, String> before = second.tree();
        assertThat(caughtUp(second)).isFalse();
        assertThat(said).singleElement().asString().contains("whether the cluster has new certificate authorities")
                .contains("token CA hash does not match", "copy the token again from server/token");
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void flagsThatDifferAreRefusedFirst() throws Exception {
        rotated();
        Map<String, String> before = second.tree();
        assertThatThrownBy(() -> caughtUp(second.flag("clusterDomain", "example.org"))).isInstanceOf(Mismatch.class)
                .hasMessageContaining("--cluster-domain");
        assertThat(second.tree()).isEqualTo(before);
    }

    @Test
    void aServerThatHasJoinedByNoneIsToldWhatToDo() throws Exception {
        rotated();
        assertThat(caughtUp(second.without("server"))).isFalse();
        assertThat(said).singleElement().asString().contains("found no majority", "new certificate authorities",
                "--server https://ANOTHER-SERVER:6443");
    }
}
