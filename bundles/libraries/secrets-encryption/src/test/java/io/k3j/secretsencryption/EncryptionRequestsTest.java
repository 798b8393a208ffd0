package io.k3j.secretsencryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ObjList;
import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.clusteragreement.Members;
import io.k3j.clusteragreement.Parity;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider.Kind;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// K3s' stages of a key rotation, on one server and on two.
class EncryptionRequestsTest {
    private static final String CONFIG = "/v1-k3s/encrypt/config";
    private static final String STATUS = "/v1-k3s/encrypt/status";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z"));

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final List<Running> running = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch held = new CountDownLatch(0);
    /// Whether servers run without an API server.
    private volatile boolean withoutApi;
    private final List<String> written = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(server -> server.requests.close());
        running.clear();
        store.close();
    }

    /// K3s' defaults and what the test says, names and values by turns.
    private static SupervisorSettings settings(ServerLayout layout, Object... pairs) {
        Map<String, Object> values = new HashMap<>(Map.of("dataDir", layout.dataDir().toString()));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], pairs[i + 1]);
        }
        return (SupervisorSettings) Proxy.newProxyInstance(SupervisorSettings.class.getClassLoader(),
                new Class<?>[] {SupervisorSettings.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    /// A server that has started, as far as encryption goes.
    private final class Running {
        final ServerLayout layout;
        final EncryptionKeeper keeper;
        final EncryptionRequests requests;
        volatile ApiClient api = api();

        Running(String name, Object... flags) throws IOException {
            layout = new ServerLayout(directory.resolve(name));
            SupervisorSettings settings = settings(layout, flags);
            Parity.Mine mine = new Parity.Mine(name, new Agreement(Map.of()), Map.of(), false,
                    new Members.Kind(false, ""));
            start(settings, mine);
            EncryptionMarks marks = new EncryptionMarks(mine, () -> withoutApi ? null : api, CLOCK);
            keeper = new EncryptionKeeper(layout, () -> store, () -> "s3cret", marks, CLOCK, RANDOM);
            requests = new EncryptionRequests(keeper, settings, (client, node, reason, message, warning) -> {
            }, CLOCK, RANDOM);
            keeper.step();
            running.add(this);
        }

        /// What a server has done before it serves: disk and record are brought together, and the others know it.
        private void start(SupervisorSettings settings, Parity.Mine mine) throws IOException {
            PemFiles.directory(layout.cred("passwd").getParent());
            BootstrapData bootstrap = new BootstrapData(store, "s3cret", RANDOM);
            BootstrapFiles files = new BootstrapFiles(layout);
            Optional<Struct> record = bootstrap.read();
            if (record.isPresent()) {
                files.write(record.get(), false);
            }
            EncryptionState.ensure(layout, settings, RANDOM);
            new Members(store, mine.name(), mine.kind(), CLOCK).seen();
            bootstrap.save(files.read(record));
        }

        /// Follows the record until the test ends, as the supervisor has it do.
        void follow() {
            Watch changes = store.watch("/bootstrap/", store.revision());
            Thread.ofVirtual().start(() -> {
                try (changes) {
                    while (running.contains(this)) {
                        changes.next(Duration.ofSeconds(1));
                        keeper.step();
                    }
                } catch (DatastoreUnavailable | InterruptedException over) {
                    // the test has ended
                }
            });
        }

        boolean on() {
            try {
                return keeper.current().orElseThrow().configuration().on();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        Optional<String> file(String name) throws IOException {
            return PemFiles.read(layout.cred(name));
        }

        /// Two Secrets; each write notes the key in use at that moment.
        private ApiClient api() {
            Obj one = Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                    Struct.of("name", "one", "namespace", "a")));
            return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                    new Class<?>[] {ApiClient.class}, (proxy, method, arguments) -> switch (method.getName()) {
                        case "list" -> new ObjList(List.of(one, one.with("two", "metadata", "name")), 7);
                        case "update" -> {
                            Obj secret = (Obj) arguments[1];
                            written.add(secret.name() + " " + EncryptionState.read(layout).orElseThrow()
                                    .configuration().sealing().map(p -> p.keys().getFirst().name()).orElse("plain"));
                            held.await();
                            yield secret;
                        }
                        case "create" -> arguments[1];
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> 1;
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        void ask(String body) throws IOException, Refusal {
            FakeExchange put = new FakeExchange("PUT", CONFIG).body(body.getBytes(StandardCharsets.UTF_8));
            requests.answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
            assertThat(put.status()).isEqualTo(200);
        }

        Struct status() throws IOException, Refusal {
            FakeExchange get = new FakeExchange("GET", STATUS);
            requests.answer(get, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
            return Json.object(get.answer().getBytes(StandardCharsets.UTF_8));
        }

        String stage() throws IOException, Refusal {
            return status().text("stage");
        }

        void awaitStage(String stage) throws IOException, Refusal {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!stage().equals(stage) && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(stage()).isEqualTo(stage);
        }
    }

    @Test
    void aNewClusterWithTheFlagHasAKeyAndTheRecordHasItToo() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        Struct status = one.status();
        assertThat(status.text("activekey")).isEqualTo("AES-CBC aescbckey");
        assertThat(status.text("stage")).isEqualTo("start");
        assertThat(status.flag("enable")).isTrue();
        assertThat(status.flag("hashmatch")).isTrue();
        String text = one.file("encryption-config.json").orElseThrow();
        assertThat(one.file("encryption-state.json").orElseThrow())
                .isEqualTo("start-" + EncryptionConfiguration.hash(text));
        Running two = new Running("server-2", "secretsEncryption", true);
        assertThat(two.file("encryption-config.json").orElseThrow()).isEqualTo(text);
        assertThat(new Running("server-3", "secretsEncryption", true).status().text("hasherror")).isEmpty();
    }

    @Test
    void withoutTheFlagThereIsNothing() throws Exception {
        Running one = new Running("server-1");
        assertThat(one.status().has("enable")).isFalse();
        assertThat(one.file("encryption-config.json")).isEmpty();
        assertThatThrownBy(() -> one.ask("{\"stage\":\"rotate_keys\"}")).isInstanceOf(Refusal.class)
                .hasMessageContaining("secrets-encrypt enable");
    }

    @Test
    void theClassicStagesFollowEachOther() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        assertThatThrownBy(() -> one.ask("{\"stage\":\"rotate\"}"))
                .hasMessage("incorrect stage: start found on node server-1");
        one.ask("{\"stage\":\"prepare\"}");
        assertThat(one.stage()).isEqualTo("prepare");
        assertThat(one.status().seq("inactivekeys").texts()).containsExactly("AES-CBC aescbckey-2026-11-20T10:00:00Z");
        assertThatThrownBy(() -> one.ask("{\"stage\":\"prepare\"}")).hasMessageContaining("incorrect stage: prepare");
        one.ask("{\"stage\":\"rotate\"}");
        assertThat(one.status().text("activekey")).isEqualTo("AES-CBC aescbckey-2026-11-20T10:00:00Z");
        one.ask("{\"stage\":\"reencrypt_active\"}");
        one.awaitStage("reencrypt_finished");
        assertThat(written).containsExactly("one aescbckey-2026-11-20T10:00:00Z", "two aescbckey-2026-11-20T10:00:00Z");
        assertThat(one.status().seq("inactivekeys").texts()).isEmpty();
        assertThatThrownBy(() -> one.ask("{\"stage\":\"nonsense\"}")).hasMessage("unknown stage nonsense requested");
    }

    @Test
    void anApiServerThatIsReplacedIsNotKept() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        one.ask("{\"stage\":\"rotate_keys\"}");
        one.awaitStage("reencrypt_finished");
        WeakReference<ApiClient> replaced = new WeakReference<>(one.api);
        one.api = one.api();
        Waiting.until("its client is collected", () -> {
            System.gc();
            return replaced.get() == null;
        });
        assertThat(one.stage()).isEqualTo("reencrypt_finished");
    }

    @Test
    void rotatesOnTwoServersWhenBothHaveTheKeyAndNotBefore() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        Running two = new Running("server-2", "secretsEncryption", true);
        one.ask("{\"stage\":\"prepare\"}");
        assertThat(one.status().text("hasherror")).isEqualTo("hash does not match between server-1 and server-2");
        assertThatThrownBy(() -> one.ask("{\"stage\":\"rotate\"}")).hasMessageContaining("hash does not match");
        two.keeper.step();
        assertThat(one.status().flag("hashmatch")).isTrue();
        two.follow();
        one.ask("{\"stage\":\"rotate_keys\"}");
        one.awaitStage("reencrypt_finished");
        two.awaitStage("reencrypt_finished");
        assertThat(two.file("encryption-config.json").orElseThrow())
                .isEqualTo(one.file("encryption-config.json").orElseThrow());
        assertThat(one.status().text("activekey")).isEqualTo("AES-CBC aescbckey-2026-11-20T10:00:00Z");
        assertThat(one.status().seq("inactivekeys").texts()).isEmpty();
        new Running("server-3", "secretsEncryption", true);
    }

    @Test
    void aServerThatWasAwayTakesOverWhatHasHappened() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        Running two = new Running("server-2", "secretsEncryption", true);
        one.ask("{\"stage\":\"prepare\",\"force\":true}");
        one.ask("{\"stage\":\"rotate\",\"force\":true}");
        assertThat(two.stage()).isEqualTo("start");
        Running again = new Running("server-2", "secretsEncryption", true);
        assertThat(again.stage()).isEqualTo("rotate");
        assertThat(one.status().flag("hashmatch")).isTrue();
    }

    @Test
    void encryptsAClusterThatWasPlainAndCanBeTurnedOff() throws Exception {
        Running plain = new Running("server-1");
        plain.ask("{\"enable\":true}");
        assertThat(plain.status().flag("enable")).isFalse();
        assertThat(plain.stage()).isEqualTo("start");
        assertThatThrownBy(() -> plain.ask("{\"stage\":\"rotate_keys\"}"))
                .hasMessageContaining("restart the servers with it").hasMessageContaining("--secrets-encryption");
        Running one = new Running("server-1", "secretsEncryption", true, "secretsEncryptionProvider", "secretbox");
        assertThat(one.status().flag("enable")).isFalse();
        assertThatThrownBy(() -> one.ask("{\"stage\":\"prepare\"}"))
                .hasMessage("prepare does not support secretbox key type, use rotate-keys instead");
        one.ask("{\"stage\":\"rotate_keys\"}");
        one.awaitStage("reencrypt_finished");
        assertThat(one.status().text("activekey"))
                .isEqualTo("XSalsa20-POLY1305 secretboxkey-2026-11-20T10:00:00Z");
        assertThat(one.status().flag("enable")).isTrue();
        one.ask("{\"enable\":false}");
        one.awaitStage("reencrypt_finished");
        assertThat(one.status().flag("enable")).isFalse();
        assertThat(written).contains("one plain", "two plain");
    }

    @Test
    void enablingThatWasInterruptedGoesOn() throws Exception {
        new Running("server-1").ask("{\"enable\":true}");
        Running one = new Running("server-1", "secretsEncryption", true);
        Running two = new Running("server-2", "secretsEncryption", true);
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        Thread asking = Thread.startVirtualThread(
                () -> refusal.set(catchThrowable(() -> one.ask("{\"enable\":true}"))));
        until(() -> asking.getState() == Thread.State.TIMED_WAITING && one.on());
        asking.interrupt();
        asking.join();
        assertThat(refusal.get()).isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(503))
                .hasMessageContaining("give the same command again");
        assertThat(written).isEmpty();
        two.keeper.step();
        one.ask("{\"enable\":true}");
        until(() -> written.size() == 2 && !one.keeper.marks().active());
        assertThat(written).containsExactly("one aescbckey-2026-11-20T10:00:00Z", "two aescbckey-2026-11-20T10:00:00Z");
    }

    @Test
    void aServerWithoutAnApiChangesNothing() throws Exception {
        new Running("server-1").ask("{\"enable\":true}");
        withoutApi = true;
        Running one = new Running("server-1", "secretsEncryption", true);
        assertThatThrownBy(() -> one.ask("{\"enable\":true}"))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(503));
        assertThat(one.on()).isFalse();
    }

    @Test
    void anInterruptedRotationGoesOn() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        one.ask("{\"stage\":\"prepare\"}");
        Running again = new Running("server-1", "secretsEncryption", true);
        again.ask("{\"stage\":\"rotate_keys\"}");
        again.awaitStage("reencrypt_finished");
        assertThat(again.status().seq("inactivekeys").texts()).isEmpty();
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void aServerThatStopsWritesNoFurtherSecret() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        held = new CountDownLatch(1);
        one.ask("{\"stage\":\"rotate_keys\"}");
        until(() -> !written.isEmpty());
        one.requests.close();
        held.countDown();
        until(() -> !one.keeper.marks().active());
        assertThat(written).hasSize(1);
        assertThat(one.stage()).as("it goes on from here").isEqualTo("rotate");
    }

    @Test
    void nobodyOverwritesWhatAnotherServerHasJustChanged() throws Exception {
        Running one = new Running("server-1", "secretsEncryption", true);
        EncryptionState before = one.keeper.current().orElseThrow();
        one.ask("{\"stage\":\"prepare\"}");
        EncryptionState mine = EncryptionState.of(
                before.configuration().withNewKey(Kind.AESCBC, EncryptionKey.random("mine", RANDOM)),
                EncryptionState.PREPARE);
        assertThatThrownBy(() -> one.keeper.change(Optional.of(before), mine)).isInstanceOf(Refusal.class)
                .hasMessageContaining("another server has just changed");
    }
}
