package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.pki.BootstrapSeal;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.supervisorrequests.Refusal;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server is killed while it rotates its token. The writes to the datastore are, in this order: the announcement, the
/// new agreement, the new record; then, after the files, the deletions of the old record and of the old agreement.
class TokenRotationCutOffTest {
    private static final int FIRST_DELETION = 4;

    @TempDir
    private Path directory;

    /// A running server.
    private record Running(Credentials credentials, TokenRotation rotation) {
        boolean admits(String password) {
            return credentials.passwords().authenticate("server", password).isPresent();
        }
    }

    private Running start(TestServer server, Datastore store) throws IOException {
        Credentials credentials = server.start(store);
        return new Running(credentials, new TokenRotation(new JoinTokens(server.layout, server.settings()), credentials,
                InstantSource.system(), TestServer.RANDOM));
    }

    private Running first(Datastore store) throws IOException {
        return start(new TestServer(directory, "server-1"), store);
    }

    /// Started once more, by what is on its disk.
    private Running again(Datastore store) throws IOException {
        return start(new TestServer(directory, "server-1").without("token"), store);
    }

    private static List<String> records(Datastore store) {
        return store.range("/bootstrap/", "", 0, 0).entries().stream().map(Entry::key).toList();
    }

    /// As a server sees it that is killed before one of its writes, or right after it.
    private static Datastore killing(Datastore store, int write, boolean after) {
        AtomicInteger writes = new AtomicInteger();
        return (Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, arguments) -> {
                    boolean last = Set.of("commit", "delete").contains(method.getName())
                            && writes.incrementAndGet() == write;
                    if (last && !after) {
                        throw new InternalError("killed");
                    }
                    Object result = method.invoke(store, arguments);
                    if (last) {
                        throw new InternalError("killed");
                    }
                    return result;
                });
    }

    private static void cutOff(Running server, Datastore killing) {
        assertThatThrownBy(() -> server.rotation().rotate(killing, "fresh")).isInstanceOf(InternalError.class);
    }

    private static void assertComplete(Datastore store) {
        assertThat(records(store)).containsExactly(BootstrapSeal.key("fresh"));
        assertThat(store.range("k3s/server-config/", "", 0, 0).entries()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, FIRST_DELETION, FIRST_DELETION + 1})
    void theSameTokenOnceMoreCompletesIt(int write) throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(false)) {
            cutOff(first(store), killing(store, write, false));
            Running again = again(store);
            again.rotation().rotate(store, "fresh");
            assertThat(again.admits("fresh")).isTrue();
            assertComplete(store);
            assertThat(again(store).admits("fresh")).isTrue();
        }
    }

    @Test
    void otherServersAdoptATokenWhoseOldRecordsAreGone() throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(true)) {
            Running one = first(store);
            Running two = start(new TestServer(directory, "server-2"), store);
            cutOff(one, killing(store, FIRST_DELETION, false));
            again(store).rotation().rotate(store, "fresh");
            two.rotation().step(store, true);
            assertThat(two.admits("fresh")).isTrue();
            assertComplete(store);
        }
    }

    @Test
    void theSameTokenFromAnotherServerMeanwhileCountsAsDone() throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(true)) {
            Running one = first(store);
            Running two = start(new TestServer(directory, "server-2"), store);
            one.rotation().rotate(store, "fresh");
            two.rotation().rotate(store, "fresh");
            assertThat(two.admits("fresh")).isTrue();
            assertComplete(store);
        }
    }

    @Test
    void aServerAloneAdoptsTheTokenWhoseRecordIsThere() throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(false)) {
            cutOff(first(store), killing(store, FIRST_DELETION - 1, true));
            Running again = again(store);
            assertThat(again.admits("s3cret")).isTrue();
            assertThat(again.rotation().step(store, true)).isTrue();
            assertThat(again.admits("fresh")).isTrue();
            assertComplete(store);
        }
    }

    @Test
    void oldRecordsThatWereChangedMeanwhileStay() throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(true)) {
            cutOff(first(store), killing(store, FIRST_DELETION, false));
            new BootstrapData(store, "s3cret", TestServer.RANDOM).replace(record -> Optional.of(record.with(
                    BootstrapFiles.ENCRYPTION, BootstrapFiles.field("a new key", Instant.now().toString()))));
            Running again = again(store);
            assertThatThrownBy(() -> again.rotation().rotate(store, "fresh")).isInstanceOfSatisfying(Refusal.class,
                    refused -> assertThat(refused.code()).isEqualTo(409));
            assertThat(records(store)).containsExactlyInAnyOrder(BootstrapSeal.key("s3cret"),
                    BootstrapSeal.key("fresh"));
            assertThat(store.range("k3s/server-config/", "", 0, 0).entries()).as("each with its agreement").hasSize(2);
        }
    }

    @Test
    void theTokenThatIsThereAnywayDeletesNothing() throws Exception {
        try (MemoryDatastore store = new MemoryDatastore(true)) {
            Running one = first(store);
            one.rotation().rotate(store, "s3cret");
            assertThat(records(store)).containsExactly(BootstrapSeal.key("s3cret"));
            assertThat(one.admits("s3cret")).isTrue();
        }
    }
}
