package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rotation of the server token, seen from the other running servers.
class TokenRotationTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final List<RecordWatch> watches = new ArrayList<>();
    private final List<SupervisedLoop> loops = new ArrayList<>();
    private Running one;
    private Running two;

    /// A running server.
    private final class Running {
        final TestServer server;
        final Credentials credentials;
        final TokenRotation rotation;
        final BlockingQueue<Boolean> observations = new LinkedBlockingQueue<>();

        Running(String name, String token) throws IOException {
            server = new TestServer(directory, name);
            if (token.isEmpty()) {
                server.without("token");
            } else {
                server.flag("token", token);
            }
            credentials = server.start(store);
            rotation = new TokenRotation(new JoinTokens(server.layout, server.settings()), credentials,
                    InstantSource.system(), TestServer.RANDOM);
        }

        Running follow() {
            RecordWatch watch = new RecordWatch(() -> store, this::observe, Health.none());
            watches.add(watch);
            loops.add(watch.start());
            return this;
        }

        private boolean observe(Datastore at, boolean changed) {
            return rotation.step(at, changed) && observations.add(changed);
        }

        boolean admits(String user, String password) {
            return credentials.passwords().authenticate(user, password).isPresent();
        }

        /// Servers' comes before agents'.
        void awaitPassword(String password) throws InterruptedException {
            while (!admits("server", password) || !admits("node", password)) {
                assertThat(observations.poll(60, TimeUnit.SECONDS)).as("another look").isNotNull();
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        one = new Running("server-1", "s3cret");
        two = new Running("server-2", "s3cret");
    }

    /// What a loop is at is over before its files are deleted.
    @AfterEach
    void stop() throws InterruptedException {
        watches.forEach(RecordWatch::close);
        for (SupervisedLoop loop : loops) {
            assertThat(loop.join(60_000)).isTrue();
        }
        store.close();
    }

    private List<String> records() {
        return store.range("/bootstrap/", "", 0, 0).entries().stream().map(Entry::key).toList();
    }

    @Test
    void runningServersAcceptTheNewTokenAndRejectTheOldOne() throws Exception {
        two.follow();
        one.rotation.rotate(store, "fresh");
        two.awaitPassword("fresh");
        assertThat(two.admits("node", "fresh")).isTrue();
        assertThat(two.admits("server", "s3cret") || two.admits("node", "s3cret")).isFalse();
        new Running("server-3", "fresh");
        assertThatThrownBy(() -> new Running("server-4", "s3cret")).hasMessageContaining("different token");
    }

    @Test
    void theTokenFilesOfRunningServersAreEqual() throws Exception {
        one.rotation.rotate(store, "fresh");
        two.rotation.step(store, true);
        for (String file : List.of("server/token", "server/cred/passwd")) {
            assertThat(two.server.tree().get(file)).isEqualTo(one.server.tree().get(file)).contains("fresh");
        }
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
    }

    @Test
    void aServerStartedWithTheOldTokenContinuesWithTheNewOne() throws Exception {
        one.rotation.rotate(store, "fresh");
        two.rotation.step(store, true);
        for (Running server : List.of(one, two)) {
            Running again = new Running(server.server.directory.getFileName().toString(), "s3cret");
            assertThat(again.admits("server", "fresh")).isTrue();
            assertThat(again.admits("server", "s3cret")).isFalse();
        }
        assertThatThrownBy(() -> new Running("server-1", "another")).hasMessageContaining("different token");
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
    }

    @Test
    void aServerAdoptsTheTokenWhenTheDatastoreIsAvailableAgain() throws Exception {
        one.rotation.rotate(store, "fresh");
        Datastore unavailable = (Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(),
                new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("get")) {
                        throw new DatastoreUnavailable("away", new IOException(), false);
                    }
                    return method.invoke(store, arguments);
                });
        assertThat(two.rotation.step(unavailable, true)).isFalse();
        assertThat(two.rotation.step(store, false)).isTrue();
        assertThat(two.admits("server", "fresh")).isTrue();
    }

    @Test
    void anyServerCanRotateAgain() throws Exception {
        one.follow();
        two.follow();
        one.rotation.rotate(store, "fresh");
        two.awaitPassword("fresh");
        two.rotation.rotate(store, "newest");
        one.awaitPassword("newest");
        one.server.flag("token", "newest").start(store);
        two.server.flag("token", "newest").start(store);
        assertThat(records()).containsExactly(BootstrapSeal.key("newest"));
    }

    @Test
    void ofTwoConcurrentRotationsOneIsRefusedAndAdoptsTheOther() throws Exception {
        one.rotation.rotate(store, "fresh");
        assertThatThrownBy(() -> two.rotation.rotate(store, "other")).isInstanceOf(IOException.class)
                .hasMessageContaining("different token");
        assertThat(two.admits("server", "s3cret")).isTrue();
        two.rotation.step(store, true);
        assertThat(two.admits("server", "fresh")).isTrue();
    }

    @Test
    void anotherServerMayDeleteTheOldRecordRightBeforeThisOneDoes() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Datastore raced = (Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(),
                new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("delete") && done.compareAndSet(false, true)) {
                        two.rotation.step(store, true);
                    }
                    return method.invoke(store, arguments);
                });
        one.rotation.rotate(raced, "fresh");
        assertThat(one.admits("server", "fresh") && two.admits("server", "fresh")).isTrue();
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
    }

    @Test
    void theOldTokenAloneDoesNotUnlockTheNewOne() throws Exception {
        one.rotation.rotate(store, "fresh");
        for (Entry entry : store.range("", "", 0, 0).entries()) {
            assertThatThrownBy(() -> BootstrapSeal.open("s3cret", entry.value())).as(entry.key())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(new String(entry.value())).doesNotContain("fresh");
        }
    }

    @Test
    void aNewerTokenFromAServerWithoutThisRowIsKept() throws Exception {
        one.rotation.rotate(store, "fresh");
        two.rotation.step(store, true);
        Entry row = store.get(BootstrapSeal.key("fresh")).orElseThrow();
        Entry told = store.get("k3s/token").orElseThrow();
        two.rotation.rotate(store, "stocks");
        long now = store.get("k3s/token").orElseThrow().revision();
        store.commit("k3s/token", now, told.value(), Duration.ZERO);
        store.commit(row.key(), 0, row.value(), Duration.ZERO);
        Entry stocks = store.get(BootstrapSeal.key("stocks")).orElseThrow();
        store.commit(stocks.key(), stocks.revision(), stocks.value(), Duration.ZERO);
        two.rotation.step(store, true);
        assertThat(two.admits("server", "stocks")).isTrue();
    }

    /// The datastore, with something that happens before and after a row is committed for the first time.
    private Datastore around(String row, Runnable before, Runnable after) {
        AtomicBoolean done = new AtomicBoolean();
        return (Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(),
                new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    boolean due = method.getName().equals("commit") && arguments[0].equals(row)
                            && done.compareAndSet(false, true);
                    if (due) {
                        before.run();
                    }
                    Object result = method.invoke(store, arguments);
                    if (due) {
                        after.run();
                    }
                    return result;
                });
    }

    private static void nothing() {
    }

    private static void killed() {
        throw new InternalError("killed");
    }

    private String tokenOf(Running server) throws IOException {
        return server.server.tree().get("server/token").strip();
    }

    @Test
    void aServerKilledBeforeTheNewRecordOpensTheClusterWithTheOldToken() throws Exception {
        Datastore killing = around(BootstrapSeal.key("fresh"), TokenRotationTest::killed, TokenRotationTest::nothing);
        assertThatThrownBy(() -> one.rotation.rotate(killing, "fresh")).isInstanceOf(InternalError.class);
        Running again = new Running("server-1", "");
        assertThat(again.admits("server", "s3cret")).isTrue();
        assertThat(tokenOf(again)).endsWith("::server:s3cret");
        again.rotation.step(store, true);
        assertThat(again.admits("server", "s3cret")).as("no record says otherwise").isTrue();
        again.rotation.rotate(store, "fresh");
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
    }

    @Test
    void aServerKilledBeforeItsFilesNameTheNewTokenAdoptsItLikeTheOthers() throws Exception {
        Datastore killing = around(BootstrapSeal.key("fresh"), TokenRotationTest::nothing, TokenRotationTest::killed);
        assertThatThrownBy(() -> one.rotation.rotate(killing, "fresh")).isInstanceOf(InternalError.class);
        Running again = new Running("server-1", "");
        assertThat(tokenOf(again)).endsWith("::server:s3cret");
        again.rotation.step(store, true);
        assertThat(tokenOf(again)).endsWith("::server:fresh");
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
    }

    @Test
    void whatIsChangedInTheOldRecordMeanwhileIsInTheNewOne() throws Exception {
        Datastore busy = around(BootstrapSeal.key("fresh"), () -> {
            try {
                new BootstrapData(store, "s3cret", TestServer.RANDOM).replace(record -> Optional.of(record.with(
                        BootstrapFiles.ENCRYPTION, BootstrapFiles.field("a new key", Instant.now().toString()))));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            two.rotation.step(store, true);
        }, TokenRotationTest::nothing);
        one.rotation.rotate(busy, "fresh");
        Struct record = new BootstrapData(store, "fresh", TestServer.RANDOM).read().orElseThrow();
        assertThat(BootstrapFiles.content(record, BootstrapFiles.ENCRYPTION)).contains("a new key");
        assertThat(records()).containsExactly(BootstrapSeal.key("fresh"));
        two.rotation.step(store, true);
        assertThat(two.admits("server", "fresh")).isTrue();
    }
}
