package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.encryption.UnreadableRow;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitkms.KmsAnswers;
import io.k3j.testkitkms.KmsAnswers.Fault;
import io.k3j.testkitkms.KmsPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// KMS providers of a file: their health, and another file while they are used.
@Timeout(300)
class KmsEncryptionTest {
    private static final String SECRET = "/registry/secrets/default/one";
    private static final byte[] VALUE = {'{', '}'};
    private static final KmsProvider.Timing OFTEN = new KmsProvider.Timing(Duration.ofMillis(20), Duration.ofMillis(20),
            Duration.ofMinutes(3), Duration.ofMinutes(1));

    @TempDir
    private Path directory;
    private final Map<String, HealthReport> reports = new ConcurrentHashMap<>();
    private KmsPlugin plugin;

    @BeforeEach
    void listen() throws IOException {
        plugin = new KmsPlugin(directory.resolve("one.sock"));
    }

    @AfterEach
    void end() throws Exception {
        plugin.close();
    }

    private final class Reports implements Health {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    reports.put(component, new HealthReport(component, 1, level, message, Instant.EPOCH));
                }

                @Override
                public void close() {
                    reports.remove(component);
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.copyOf(reports.values());
        }
    }

    private Path write(String providers) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), "{apiVersion: apiserver.config.k8s.io/v1, kind:"
                + " EncryptionConfiguration, resources: [{resources: [secrets], providers: [" + providers + "]}]}");
        return Files.move(fresh, directory.resolve("file"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String kms(String name) {
        return "{kms: {apiVersion: v2, name: " + name + ", endpoint: 'unix://" + directory.resolve(name + ".sock")
                + "', timeout: 1m}}";
    }

    private ConfiguredEncryption of(Path file, boolean reload) {
        return new ConfiguredEncryption(new EncryptionOptions(file.toString(), reload),
                () -> List.of(ConfiguredEncryptionTest.kind("v1", "secrets", "/registry/secrets/")), new Reports(),
                OFTEN);
    }

    private boolean healthy() {
        HealthReport report = reports.get("kms-providers");
        return report != null && report.level() == HealthLevel.OK;
    }

    private static String sealed(ConfiguredEncryption encryption) {
        return new String(encryption.seal(SECRET, VALUE), ISO_8859_1).replaceFirst("(?s)[^ -~].*", "");
    }

    @Test
    void rowsArePrefixedByTheProvidersNameAndReadAfterARestart() throws Exception {
        Path file = write(kms("one") + ", {identity: {}}");
        byte[] row;
        try (ConfiguredEncryption encryption = of(file, false)) {
            encryption.start();
            Waiting.until("a key", this::healthy);
            row = encryption.seal(SECRET, VALUE);
            assertThat(new String(row, ISO_8859_1)).startsWith("k8s:enc:kms:v2:one:\n");
            assertThat(encryption.open(SECRET, row)).isEqualTo(VALUE);
            assertThat(encryption.current(SECRET, row)).isTrue();
            assertThat(encryption.current(SECRET, VALUE)).isFalse();
            assertThat(encryption.metrics().text()).contains(
                    "apiserver_storage_transformation_operations_total{resource=\"secrets\",transformation_type="
                            + "\"to_storage\",transformer_prefix=\"k8s:enc:kms:v2:one:\",status=\"OK\"} 1",
                    "apiserver_storage_transformation_duration_seconds_count{transformation_type=\"from_storage\","
                            + "transformer_prefix=\"k8s:enc:kms:v2:one:\"} 1",
                    "apiserver_envelope_encryption_kms_operations_latency_seconds_count{provider_name=\"one\"");
        }
        assertThat(reports).doesNotContainKey("kms-providers");
        try (ConfiguredEncryption encryption = of(file, false)) {
            assertThat(encryption.open(SECRET, row)).isEqualTo(VALUE);
        }
        assertThat(new EncryptionOptions(file.toString(), false).secret(SECRET, row)).isEqualTo(VALUE);
    }

    /// `stock-kms-row.txt` is a row that a kube-apiserver 1.36.2 wrote to etcd with the plug-in of these tests: its key
    /// and its bytes in base64.
    @Test
    void aRowOfAKubeApiserverIsRead() throws Exception {
        String[] stock = Files.readString(Path.of(
                "src/test/resources/io/k3j/encryptionproviders/stock-kms-row.txt")).strip().split(" ");
        byte[] row = Base64.getDecoder().decode(stock[1]);
        try (KmsPlugin _ = new KmsPlugin(directory.resolve("vault.sock"));
                ConfiguredEncryption encryption = of(write(kms("vault")), false)) {
            encryption.start();
            Waiting.until("a key", this::healthy);
            assertThat(new String(encryption.open(stock[0], row), ISO_8859_1)).startsWith("k8s\0")
                    .contains("plaintext");
            assertThat(encryption.current(stock[0], row)).isTrue();
            assertThatThrownBy(() -> encryption.open(stock[0] + "2", row)).isInstanceOf(UnreadableRow.class);
        }
    }

    @Test
    void withoutAKeyNothingIsWrittenAndTheHealthTellsWhy() throws Exception {
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        try (ConfiguredEncryption encryption = of(write(kms("one")), false)) {
            encryption.start();
            Waiting.until("a problem", () -> reports.get("kms-providers").level() == HealthLevel.DEGRADED);
            assertThat(reports.get("kms-providers").message()).startsWith("kms-provider-0: failed to perform status"
                    + " section of the healthz check for KMS Provider one, error: ");
            assertThatThrownBy(() -> encryption.seal(SECRET, VALUE)).isInstanceOfSatisfying(ApiFault.class,
                    e -> assertThat(e.code()).isEqualTo(503)).hasMessageContaining("cannot be encrypted now")
                    .hasMessageNotContaining("token=");
            assertThat(encryption.metrics().text()).contains("transformer_prefix=\"k8s:enc:kms:v2:one:\",status="
                    + "\"unknown-non-grpc\"} 1");
            plugin.answer(new KmsAnswers());
            Waiting.until("a key", this::healthy);
            assertThat(sealed(encryption)).isEqualTo("k8s:enc:kms:v2:one:");
        }
    }

    @Test
    void aRowWhoseKeyCannotBeHadSaysSoAndIsCounted() throws Exception {
        Path file = write(kms("one"));
        byte[] row;
        try (ConfiguredEncryption encryption = of(file, false)) {
            encryption.start();
            Waiting.until("a key", this::healthy);
            row = encryption.seal(SECRET, VALUE);
        }
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        try (ConfiguredEncryption encryption = of(file, false)) {
            assertThatThrownBy(() -> encryption.open(SECRET, row)).isInstanceOfSatisfying(UnreadableRow.class,
                    e -> assertThat(e.passing()).isTrue()).hasMessageContaining(
                            "cannot decrypt " + SECRET
                                    + ": the KMS provider one does not decrypt")
                    .hasMessageEndingWith("PermissionDenied; the health of kms-providers tells more");
            assertThat(encryption.metrics().text()).contains("status=\"PermissionDenied\"} 1");
        }
        assertThatThrownBy(() -> new EncryptionOptions(file.toString(), false).secret(SECRET, row))
                .isInstanceOfSatisfying(UnreadableRow.class, e -> assertThat(e.passing()).isTrue());
        write("{aescbc: {keys: [{name: k, secret: " + ProvidersFileTest.KEY + "}]}}");
        try (ConfiguredEncryption encryption = of(file, false)) {
            assertThatThrownBy(() -> encryption.open(SECRET, row)).isInstanceOfSatisfying(UnreadableRow.class,
                    e -> assertThat(e.passing()).isFalse()).hasMessageContaining("has no key kms one");
        }
    }

    /// As when a server joins, which begins anew with each try: a plug-in that takes longer would never be heard.
    @Test
    void whoeverOpensOneRowWaitsAsLongAsTheFileSays() throws Exception {
        Path file = write(kms("one"));
        byte[] row;
        try (ConfiguredEncryption encryption = of(file, false)) {
            encryption.start();
            Waiting.until("a key", this::healthy);
            row = encryption.seal(SECRET, VALUE);
        }
        int asked = plugin.calls().size();
        plugin.answer(new KmsAnswers().with(Fault.WAITS));
        CompletableFuture<byte[]> opened = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> opened.completeAsync(
                () -> new EncryptionOptions(file.toString(), false).secret(SECRET, row), Runnable::run));
        Waiting.until("it is asked", () -> plugin.calls().size() > asked);
        Duration longerThanOthersWait = KmsProvider.Timing.UPSTREAM.patience().plusSeconds(1);
        assertThatThrownBy(() -> opened.get(longerThanOthersWait.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        plugin.release();
        assertThat(opened.get(1, TimeUnit.MINUTES)).isEqualTo(VALUE);
    }

    @Test
    void aChangedFileKeepsItsProvidersAndTakesHealthyOnesOnly() throws Exception {
        Path file = write(kms("one"));
        try (ConfiguredEncryption encryption = of(file, true)) {
            encryption.start();
            Waiting.until("a key", this::healthy);
            byte[] row = encryption.seal(SECRET, VALUE);
            write(kms("two") + ", " + kms("one"));
            encryption.look();
            assertThat(sealed(encryption)).isEqualTo("k8s:enc:kms:v2:one:");
            assertThat(reports.get("encryption-configuration").message()).contains("KMS Provider two",
                    "code = Unavailable");
            try (KmsPlugin two = new KmsPlugin(directory.resolve("two.sock"))) {
                write(kms("two") + ", " + kms("one") + " ");
                encryption.look();
                assertThat(sealed(encryption)).isEqualTo("k8s:enc:kms:v2:two:");
                assertThat(encryption.open(SECRET, row)).isEqualTo(VALUE);
                assertThat(encryption.current(SECRET, row)).isFalse();
                assertThat(Collections.frequency(plugin.calls(), "Encrypt")).isEqualTo(1);
                write(kms("two") + ", {identity: {}}");
                encryption.look();
                List<String> asked = keyCalls();
                byte[] other = encryption.seal(SECRET, VALUE);
                Waiting.until("the second is asked", this::healthy);
                assertThat(encryption.open(SECRET, other)).isEqualTo(VALUE);
                assertThatThrownBy(() -> encryption.open(SECRET, row)).hasMessageContaining("has no key kms one");
                assertThat(keyCalls()).isEqualTo(asked);
                Waiting.until("the first is left alone", () -> {
                    int before = plugin.calls().size();
                    int others = two.calls().size();
                    Waiting.until("the second is asked", () -> two.calls().size() >= others + 5);
                    return plugin.calls().size() == before;
                });
            }
        }
    }

    /// What the plug-in was asked but how it is.
    private List<String> keyCalls() {
        return plugin.calls().stream().filter(call -> !call.equals("Status")).toList();
    }
}
