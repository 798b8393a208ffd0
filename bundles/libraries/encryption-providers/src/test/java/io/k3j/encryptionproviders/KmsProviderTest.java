package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.encryption.SealUnavailable;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.MetricText;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitkms.KmsAnswers;
import io.k3j.testkitkms.KmsAnswers.Fault;
import io.k3j.testkitkms.KmsPlugin;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Rows by a plug-in's keys, and what a plug-in may do: hang, go, come back, lie, talk.
@Timeout(300)
class KmsProviderTest {
    private static final String PLACE = "/registry/secrets/default/one";
    private static final byte[] PLAIN = "plaintext".getBytes(ISO_8859_1);
    private static final Duration MOMENT = Duration.ofMillis(200);
    /// As upstream's, but for a plug-in that is slow because the machine is.
    private static final KmsProvider.Timing PATIENT = new KmsProvider.Timing(KmsProvider.Timing.UPSTREAM.healthy(),
            KmsProvider.Timing.UPSTREAM.unhealthy(), KmsProvider.Timing.UPSTREAM.write(), Duration.ofMinutes(1));

    @TempDir
    private Path directory;
    private final AtomicLong nanos = new AtomicLong(System.nanoTime());
    private final EnvelopeMetrics metrics = new EnvelopeMetrics(InstantSource.system());
    private final List<KmsProvider> providers = new ArrayList<>();
    private KmsPlugin plugin;

    @BeforeEach
    void listen() throws IOException {
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
    }

    @AfterEach
    void end() throws Exception {
        providers.forEach(KmsProvider::close);
        plugin.close();
    }

    private KmsProvider provider(Duration timeout) {
        return provider(timeout, PATIENT);
    }

    private KmsProvider provider(Duration timeout, KmsProvider.Timing timing) {
        KmsProvider made = new KmsProvider(new KmsConfiguration("vault", directory.resolve("kms.sock"), timeout),
                new KmsProvider.Environment(metrics, Health.none(), timing, nanos::get, () -> {
                }));
        providers.add(made);
        return made;
    }

    private KmsProvider healthy() {
        KmsProvider made = provider(Duration.ofMinutes(1));
        assertThat(made.check()).isEmpty();
        return made;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private long calls(String method) {
        return Collections.frequency(plugin.calls(), method);
    }

    private static void passing(ThrowingCallable opening, String why) {
        assertThatThrownBy(opening).isInstanceOfSatisfying(UnreadableRow.class,
                e -> assertThat(e.passing()).isTrue()).hasMessageContaining(why).hasMessageNotContaining("plaintext");
    }

    @Test
    void rowsHaveTheSeedOfTheServerThatWroteThem() {
        KmsProvider first = healthy();
        byte[] row = first.seal(PLACE, PLAIN);
        EncryptedObject read = EncryptedObject.read(row);
        assertThat(read.keyId()).isEqualTo("key-1");
        assertThat(read.type()).isEqualTo(EncryptedObject.SEED);
        assertThat(read.annotations()).containsOnlyKeys("nonce.kms.example.com");
        assertThat(new String(row, ISO_8859_1)).doesNotContain("plaintext");
        assertThat(first.open(PLACE, row)).isEqualTo(PLAIN);
        assertThat(first.open(PLACE, first.seal(PLACE, PLAIN))).isEqualTo(PLAIN);
        assertThat(plugin.calls()).containsExactly("Status", "Encrypt", "Decrypt");
        KmsProvider second = healthy();
        assertThat(second.open(PLACE, row)).isEqualTo(PLAIN);
        assertThat(second.open(PLACE, first.seal(PLACE, PLAIN))).isEqualTo(PLAIN);
        assertThat(calls("Decrypt")).isEqualTo(3);
        assertThat(second.current(row)).isTrue();
        assertThatThrownBy(() -> second.open("/registry/secrets/default/two", row)).isInstanceOf(UnreadableRow.class);
    }

    @Test
    void anotherKeyIsTakenUpAndWhatTheOldOneWroteIsToBeWrittenOnceMore() {
        KmsProvider provider = healthy();
        byte[] row = provider.seal(PLACE, PLAIN);
        plugin.answer(plugin.answers().withKeyId("key-2"));
        assertThat(provider.current(row)).isTrue();
        assertThat(provider.check()).isEmpty();
        assertThat(provider.current(row)).isFalse();
        byte[] next = provider.seal(PLACE, PLAIN);
        assertThat(EncryptedObject.read(next).keyId()).isEqualTo("key-2");
        assertThat(provider.current(next)).isTrue();
        assertThat(provider.open(PLACE, row)).isEqualTo(PLAIN);
        assertThat(provider.check()).isEmpty();
        assertThat(calls("Encrypt")).isEqualTo(2);
    }

    @Test
    void withoutAnAnswerItWritesForThreeMinutesAndReadsForEver() throws Exception {
        KmsProvider provider = healthy();
        byte[] row = provider.seal(PLACE, PLAIN);
        plugin.close();
        pass(Duration.ofMinutes(3));
        assertThat(provider.check()).startsWith("failed to perform status section of the healthz check for KMS Provider"
                + " vault, error: rpc error: code = Unavailable desc = ");
        assertThat(provider.open(PLACE, provider.seal(PLACE, PLAIN))).isEqualTo(PLAIN);
        pass(Duration.ofMillis(1));
        assertThatThrownBy(() -> provider.seal(PLACE, PLAIN)).isInstanceOf(SealUnavailable.class)
                .hasMessageContaining("expired: the KMS provider vault has not been healthy for 3 min");
        assertThat(provider.open(PLACE, row)).isEqualTo(PLAIN);
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
        assertThat(provider.check()).isEmpty();
        assertThat(EncryptedObject.read(provider.seal(PLACE, PLAIN)).source())
                .isEqualTo(EncryptedObject.read(row).source());
    }

    /// As one that has lost its keys, and is set up anew under the same id.
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"FORGETS", "CUTS"})
    void aPluginInItsPlaceThatLacksItsKeyEndsTheWrites(Fault fault) throws Exception {
        KmsProvider provider = healthy();
        byte[] row = provider.seal(PLACE, PLAIN);
        plugin.close();
        assertThat(provider.check()).contains("code = Unavailable");
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
        plugin.answer(new KmsAnswers().with(fault));
        assertThat(provider.check()).contains("does not decrypt what was encrypted before");
        pass(Duration.ofMinutes(3).plusMillis(1));
        assertThatThrownBy(() -> provider.seal(PLACE, PLAIN)).isInstanceOf(SealUnavailable.class);
        assertThat(provider.open(PLACE, row)).isEqualTo(PLAIN);
        plugin.answer(new KmsAnswers());
        assertThat(provider.check()).isEmpty();
        assertThat(provider.check()).isEmpty();
        assertThat(EncryptedObject.read(provider.seal(PLACE, PLAIN)).source())
                .isEqualTo(EncryptedObject.read(row).source());
        assertThat(calls("Decrypt")).as("once it has been shown, nobody asks again").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    REFUSES  | code = PermissionDenied desc = token=
                    TALKS    | code = ResourceExhausted desc = received message larger than max (10485760 vs. 4194304)
                    STAMMERS | code = Internal desc = the answer is malformed
                    LIES     | failed to rotate DEK: statusKeyIDHash="sha256:
                    COPIES   | failed to rotate DEK: the plug-in has not encrypted it
                    FORGETS  | failed to rotate DEK: the plug-in does not decrypt what it has encrypted
                    CUTS     | failed to rotate DEK: the plug-in does not decrypt what it has encrypted
                    """)
    void aPluginThatIsWrongGivesNoKeyAndTakesNoneAway(Fault fault, String why) {
        KmsProvider provider = provider(Duration.ofMinutes(1));
        plugin.answer(plugin.answers().with(fault));
        assertThat(provider.check()).contains(why);
        assertThatThrownBy(() -> provider.seal(PLACE, PLAIN)).isInstanceOf(SealUnavailable.class)
                .hasMessageContaining("has given no key to encrypt with yet").hasMessageNotContaining("token=");
        plugin.answer(new KmsAnswers());
        assertThat(provider.check()).isEmpty();
        byte[] row = provider.seal(PLACE, PLAIN);
        plugin.answer(new KmsAnswers().withKeyId("key-2").with(fault));
        assertThat(provider.check()).contains(why);
        assertThat(EncryptedObject.read(provider.seal(PLACE, PLAIN)).keyId()).isEqualTo("key-1");
        assertThat(provider.open(PLACE, row)).isEqualTo(PLAIN);
    }

    @Test
    void aPluginThatHangsIsWaitedForAsLongAsTheFileSays() {
        // what is loaded for the first call takes its time, too
        healthy();
        KmsProvider provider = provider(MOMENT);
        plugin.answer(new KmsAnswers().with(Fault.HANGS));
        assertThat(provider.check()).contains("code = DeadlineExceeded desc = no answer within 200 ms");
        assertThatThrownBy(() -> provider.seal(PLACE, PLAIN)).isInstanceOf(SealUnavailable.class);
    }

    /// Its backlog is full, so that nobody else could connect.
    @Test
    void aSocketThatTakesNoConnectionsHoldsNobodyUp() throws Exception {
        plugin.close();
        Path socket = directory.resolve("kms.sock");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel full = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            full.bind(UnixDomainSocketAddress.of(socket), 1);
            while (waiting.isEmpty() || waiting.getLast().isConnected()) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(channel);
                channel.configureBlocking(false);
                connect(channel, socket);
            }
            assertThat(provider(Duration.ofMinutes(1)).check()).contains("code = Unavailable desc = cannot connect to "
                    + socket + ": Resource temporarily unavailable");
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    private static void connect(SocketChannel channel, Path socket) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException full) {
            assertThat(channel.isConnected()).isFalse();
        }
    }

    @Test
    void whatAPluginSaysOfItselfHasToFit() {
        KmsProvider provider = healthy();
        plugin.answer(new KmsAnswers().withStatus("v2", "ill\nE1127 a line of its own"));
        assertThat(provider.check()).isEqualTo("kmsv2 Provider vault is not healthy, error: got unexpected healthz"
                + " status: ill E1127 a line of its own");
        plugin.answer(new KmsAnswers().withStatus("v2beta1", "x".repeat(10_000)));
        assertThat(provider.check()).contains("[got unexpected healthz status: x").contains(
                "KMSv2 API version should not change after the initial status response version v2, got v2beta1]")
                .hasSizeLessThan(600);
        plugin.answer(new KmsAnswers().withStatus("v3", "ok"));
        assertThat(provider.check()).contains("expected KMSv2 API version v2, got v3");
        plugin.answer(new KmsAnswers().withKeyId(""));
        assertThat(provider.check()).contains("got invalid KMSv2 KeyID hash \"\": keyID is empty");
        plugin.answer(new KmsAnswers().withKeyId("k".repeat(1_025)));
        assertThat(provider.check()).contains("keyID is 1025 bytes, which exceeds the max size of 1024");
        assertThat(EncryptedObject.read(provider.seal(PLACE, PLAIN)).keyId()).isEqualTo("key-1");
        MetricText text = new MetricText();
        metrics.text(text);
        assertThat(text.toString()).contains(
                "invalid_key_id_from_status_total{provider_name=\"vault\",error=\"empty\"} 1",
                "invalid_key_id_from_status_total{provider_name=\"vault\",error=\"too_long\"} 1");
    }

    @Test
    void aKeyThatCannotBeHadIsWaitedForOnceAndReadWhenItIsThere() throws Exception {
        byte[] row = healthy().seal(PLACE, PLAIN);
        KmsProvider provider = provider(Duration.ofMinutes(1), KmsProvider.Timing.UPSTREAM);
        plugin.answer(new KmsAnswers().with(Fault.HANGS));
        pass(Duration.ofHours(1));
        passing(() -> provider.open(PLACE, row), "it has not answered yet");
        pass(Duration.ofHours(1));
        passing(() -> provider.open(PLACE, row), "the KMS provider vault does not decrypt the data key of the key ID"
                + " sha256:");
        assertThat(calls("Decrypt")).isEqualTo(2);
        plugin.close();
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
        Waiting.until("the row is read", () -> {
            pass(Duration.ofSeconds(1));
            return Arrays.equals(provider.open(PLACE, row), PLAIN);
        });
    }

    @Test
    void aPluginThatIsAwayOrRefusesIsAskedAgain() throws Exception {
        byte[] row = healthy().seal(PLACE, PLAIN);
        KmsProvider provider = provider(Duration.ofMinutes(1));
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        passing(() -> provider.open(PLACE, row), ": PermissionDenied");
        passing(() -> provider.open(PLACE, row), ": PermissionDenied");
        assertThat(calls("Decrypt")).isEqualTo(2);
        plugin.close();
        pass(Duration.ofSeconds(1));
        Waiting.until("no plug-in", () -> {
            passing(() -> provider.open(PLACE, row), ": Unavailable");
            return true;
        });
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
        plugin.answer(new KmsAnswers().with(Fault.CUTS));
        pass(Duration.ofSeconds(1));
        Waiting.until("a key of another length", () -> {
            passing(() -> provider.open(PLACE, row), "it has answered a seed of 7 bytes is too short");
            return true;
        });
        plugin.answer(new KmsAnswers());
        Waiting.until("the row is read", () -> {
            pass(Duration.ofSeconds(1));
            return Arrays.equals(provider.open(PLACE, row), PLAIN);
        });
    }

    @Test
    void aPluginThatGivesAnotherKeyIsAskedOnceMore() throws Exception {
        byte[] row = healthy().seal(PLACE, PLAIN);
        KmsProvider provider = provider(Duration.ofMinutes(1));
        plugin.answer(new KmsAnswers().with(Fault.FORGETS));
        assertThatThrownBy(() -> provider.open(PLACE, row)).isInstanceOfSatisfying(UnreadableRow.class,
                e -> assertThat(e.passing()).isFalse()).hasMessageContaining("damaged");
        plugin.answer(new KmsAnswers());
        Waiting.until("the row is read", () -> {
            pass(Duration.ofSeconds(1));
            return Arrays.equals(provider.open(PLACE, row), PLAIN);
        });
    }

    @Test
    void damagedRowsAreUnreadableAndNothingElse() {
        KmsProvider provider = healthy();
        byte[] row = provider.seal(PLACE, PLAIN);
        Random random = new Random(1);
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        for (int i = 0; i < 500; i++) {
            byte[] damaged = Arrays.copyOf(row, i % 2 == 0 ? row.length : random.nextInt(row.length));
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            assertThatThrownBy(() -> provider.open(PLACE, damaged)).isInstanceOf(UnreadableRow.class);
        }
    }

    @Test
    void callsAndKeysAreCounted() {
        KmsProvider provider = healthy();
        provider.open(PLACE, provider.seal(PLACE, PLAIN));
        byte[] row = provider.seal(PLACE, PLAIN);
        KmsProvider next = provider(Duration.ofMinutes(1));
        next.open(PLACE, row);
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        provider.check();
        MetricText text = new MetricText();
        metrics.text(text);
        String latency = "apiserver_envelope_encryption_kms_operations_latency_seconds_count{provider_name=\"vault\","
                + "method_name=\"/v2.KeyManagementService/";
        String hash = "key_id_hash=\"" + KmsService.shown("key-1") + "\",apiserver_id_hash=\"sha256:";
        assertThat(text.toString()).contains(latency + "Status\",grpc_status_code=\"OK\"} 1",
                latency + "Encrypt\",grpc_status_code=\"OK\"} 1", latency + "Decrypt\",grpc_status_code=\"OK\"} 2",
                latency + "Status\",grpc_status_code=\"PermissionDenied\"} 1",
                "apiserver_storage_data_key_generation_duration_seconds_count 1",
                "apiserver_storage_data_key_generation_failures_total 0",
                "apiserver_storage_envelope_transformation_cache_misses_total 1",
                "apiserver_envelope_encryption_dek_source_cache_size{provider_name=\"vault\"} 1",
                "apiserver_envelope_encryption_key_id_hash_total{transformation_type=\"to_storage\","
                        + "provider_name=\"vault\"," + hash,
                "apiserver_envelope_encryption_key_id_hash_last_timestamp_seconds{transformation_type=\"from_storage\"",
                "apiserver_envelope_encryption_key_id_hash_status_last_timestamp_seconds{provider_name=\"vault\","
                        + hash);
    }

    @Test
    void metricsShowTheKeysOfTheLastTenIdsOnly() {
        KmsProvider provider = healthy();
        for (int i = 0; i < 30; i++) {
            plugin.answer(new KmsAnswers().withKeyId("key-" + i));
            assertThat(provider.check()).isEmpty();
            provider.seal(PLACE, PLAIN);
        }
        MetricText text = new MetricText();
        metrics.text(text);
        assertThat(text.toString().lines().filter(line -> line.contains("key_id_hash_total{"))).hasSize(10)
                .anyMatch(line -> line.contains(KmsService.shown("key-29")));
    }
}
