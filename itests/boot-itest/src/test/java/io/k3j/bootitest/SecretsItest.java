package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Secrets in a server's SQLite file are encrypted, and their keys are rotated while it serves.
@NeedsPackages("sqlite3")
class SecretsItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    /// The newest row of every Secret there is.
    private static final String ROWS = "select value from kine as k where name like '/registry/secrets/%'"
            + " and deleted = 0 and id = (select max(id) from kine where name = k.name)";
    private static final String SECRET = """
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s", "namespace": "default"},
             "data": {"password": "UExBSU5URVhU"}}
            """;

    @TempDir
    private Path dir;
    private Commands commands;

    @BeforeEach
    void home() {
        commands = new Commands(dir);
    }

    private K3sProcess start(String... flags) throws IOException, InterruptedException {
        String[] all = Stream.concat(Stream.of("--disable-agent", "--bind-address", "127.0.0.1"), Stream.of(flags))
                .toArray(String[]::new);
        K3sProcess server = K3sProcess.server(dir, all);
        server.await("kubeconfig", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")));
        server.await("served API", LIMIT, commands::served);
        return server;
    }

    private void create(String name) throws IOException, InterruptedException {
        Path file = Files.writeString(dir.resolve(name + ".json"), SECRET.formatted(name));
        commands.kubectl("apply", "-f", file.toString());
    }

    private void served(String name) throws IOException, InterruptedException {
        assertThat(commands.kubectl("get", "secret", name, "-o", "json")).contains("UExBSU5URVhU");
    }

    private List<String> rows() throws IOException, InterruptedException {
        return Commands.must(Commands.run(List.of("sqlite3", "-readonly", "-cmd", ".timeout 10000",
                dir.resolve("data/server/db/state.db").toString(),
                "select hex(substr(value, 1, 40)) from (" + ROWS + ")"))).lines()
                .map(line -> new String(HexFormat.of().parseHex(line), StandardCharsets.ISO_8859_1)).toList();
    }

    private String status() {
        try {
            return Commands.must(commands.administer("secrets-encrypt", "status"));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private boolean onDisk(String text) throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("data/server/db"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void aNewClusterKeepsNoSecretInPlainTextAndRotatesItsKey() throws Exception {
        try (K3sProcess server = start("--secrets-encryption")) {
            create("one");
            create("two");
            assertThat(rows()).hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(row -> row.startsWith("k8s:enc:aescbc:v1:aescbckey:"));
            assertThat(onDisk("UExBSU5URVhU")).isFalse();
            assertThat(status()).contains("Encryption Status: Enabled\nCurrent Rotation Stage: start\n"
                    + "Server Encryption Hashes: All hashes match\n", " *      AES-CBC   aescbckey\n");
            assertThat(Commands.must(commands.administer("secrets-encrypt", "rotate-keys")))
                    .contains("keys rotated, reencryption started");
            server.await("end of the reencryption", LIMIT, () -> status().contains("Stage: reencrypt_finished"));
            assertThat(rows()).hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(row -> row.startsWith("k8s:enc:aescbc:v1:aescbckey-2"));
            served("one");
            assertThat(server.stop()).isZero();
        }
        // rows of the past, whose key is gone, do not matter to the next start
        try (K3sProcess server = start("--secrets-encryption")) {
            served("two");
            assertThat(server.running()).isTrue();
        }
    }

    @Test
    void aPlainClusterIsEncryptedInK3sSteps() throws Exception {
        try (K3sProcess server = start()) {
            create("one");
            assertThat(status()).contains("Encryption Status: Disabled, no configuration file found");
            Outcome early = commands.administer("secrets-encrypt", "rotate-keys");
            assertThat(early.code()).isEqualTo(1);
            assertThat(early.text()).contains("k3s secrets-encrypt enable");
            assertThat(Commands.must(commands.administer("secrets-encrypt", "enable")))
                    .contains("secrets-encryption enabled");
            assertThat(server.stop()).isZero();
        }
        try (K3sProcess server = start("--secrets-encryption", "--secrets-encryption-provider", "secretbox")) {
            assertThat(status()).contains("Encryption Status: Disabled\nCurrent Rotation Stage: start\n");
            Commands.must(commands.administer("secrets-encrypt", "rotate-keys"));
            server.await("end of the reencryption", LIMIT, () -> status().contains("Stage: reencrypt_finished"));
            assertThat(status()).contains("Encryption Status: Enabled", " *      XSalsa20-POLY1305  secretboxkey-");
            assertThat(rows()).isNotEmpty().allMatch(row -> row.startsWith("k8s:enc:secretbox:v1:secretboxkey-2"));
            served("one");
        }
    }
}
