package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitkms.KmsPlugin;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A running server that encrypts what a file says, by the commands of `docs/encryption.md`: rows of its SQLite file,
/// kubectl, another key while it serves, a wrong file, a KMS plug-in.
@NeedsPackages("sqlite3")
class EncryptionItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    private Path home;

    /// A block of commands of the page, with what is of another directory put in its place.
    private String page(int block) throws IOException {
        List<String> blocks = Arrays.stream(Files.readString(Path.of("../../docs/encryption.md")).split("```"))
                .filter(b -> b.startsWith("bash\n")).map(b -> b.substring("bash\n".length())).toList();
        assertThat(blocks).hasSize(3);
        return blocks.get(block).replace("/etc/rancher/k3s", home.toString()).replace("/run/kms", home.toString());
    }

    private static K3sProcess server(Path dir, String words) throws IOException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1"));
        flags.addAll(Arrays.stream(words.replace("\\\n", " ").strip().split("\\s+")).skip(2).toList());
        return K3sProcess.server(dir, flags.toArray(String[]::new));
    }

    /// The beginnings of the newest rows below a prefix.
    private List<String> rows(String prefix) throws IOException, InterruptedException {
        return Commands.must(Commands.run(List.of("sqlite3", "-readonly", "-cmd", ".timeout 10000",
                home.resolve("data/server/db/state.db").toString(),
                "select hex(substr(value, 1, 30)) from kine as k where name like '/registry/" + prefix + "/%'"
                        + " and deleted = 0 and id = (select max(id) from kine where name = k.name)")))
                .lines().map(line -> new String(HexFormat.of().parseHex(line), StandardCharsets.ISO_8859_1)).toList();
    }

    private void write(String text) throws IOException {
        Path fresh = Files.writeString(home.resolve("fresh.yaml"), text);
        Files.move(fresh, home.resolve("encryption.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void encryptsRotatesAndRefuses() throws Exception {
        Commands commands = new Commands(home);
        String begin = page(0);
        int flags = begin.indexOf("k3s server ");
        Commands.must(Launch.of("bash", "-ec", begin.substring(0, flags)).withoutK3sEnvironment().directory(home)
                .run(LIMIT));
        String file = Files.readString(home.resolve("encryption.yaml"));
        try (K3sProcess server = server(home, begin.substring(flags))) {
            server.await("the API", LIMIT, commands::served);
            commands.kubectl("create", "secret", "generic", "one", "--from-literal=password=plaintext");
            commands.kubectl("create", "configmap", "one", "--from-literal=some=text");
            assertThat(rows("secrets")).isNotEmpty().allMatch(row -> row.startsWith("k8s:enc:secretbox:v1:first:"));
            assertThat(rows("configmaps")).isNotEmpty().allMatch(row -> row.startsWith("k8s:enc:secretbox:v1:first:"));
            assertThat(rows("namespaces")).isNotEmpty().noneMatch(row -> row.startsWith("k8s:enc:"));
            write(file.replace("keys:\n", "keys:\n        - {name: second, secret: " + key() + "}\n"));
            server.awaitOutput("Reloaded encryption config", LIMIT);
            rewrite(commands);
            assertThat(rows("secrets")).isNotEmpty().allMatch(row -> row.startsWith("k8s:enc:secretbox:v1:second:"));
            assertThat(commands.kubectl("get", "secret", "one", "-o", "jsonpath={.data.password}"))
                    .contains("cGxhaW50ZXh0");
            write(file.replace("secretbox", "rot13"));
            server.awaitOutput("unknown field", LIMIT);
            commands.kubectl("create", "secret", "generic", "two", "--from-literal=password=plaintext");
            assertThat(rows("secrets")).allMatch(row -> row.startsWith("k8s:enc:secretbox:v1:second:"));
            assertThat(commands.kubectl("get", "--raw", "/metrics")).contains(
                    "apiserver_encryption_config_controller_automatic_reloads_total{status=\"failure\"",
                    "apiserver_encryption_config_controller_automatic_reloads_total{status=\"success\"");
            assertThat(server.stop()).isZero();
        }
        write(file);
        try (K3sProcess refused = server(home, begin.substring(flags))) {
            assertThat(refused.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(refused.output()).contains("the encryption configuration has no key secretbox second");
        }
        write(file.replace("secretbox", "rot13"));
        try (K3sProcess refused = server(home, begin.substring(flags))) {
            assertThat(refused.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(refused.output()).contains(
                    "strict decoding error: unknown field \"resources[0].providers[0].rot13\"");
        }
    }

    /// The page's third block, in place of the file of the first one.
    @Test
    void waitsForThePluginThatKeepsItsKeys() throws Exception {
        Commands commands = new Commands(home);
        String begin = page(0);
        String flags = begin.substring(begin.indexOf("k3s server "));
        Commands.must(Launch.of("bash", "-ec", page(2)).withoutK3sEnvironment().directory(home).run(LIMIT));
        Path socket = home.resolve("vault.sock");
        try (KmsPlugin plugin = new KmsPlugin(socket); K3sProcess server = server(home, flags)) {
            server.await("the API", LIMIT, commands::served);
            server.awaitOutput("Took up a key of the KMS provider name=vault", LIMIT);
            commands.kubectl("create", "secret", "generic", "one", "--from-literal=password=plaintext");
            assertThat(rows("secrets")).isNotEmpty().allMatch(row -> row.startsWith("k8s:enc:kms:v2:vault:"));
            assertThat(plugin.calls()).contains("Status", "Encrypt", "Decrypt");
            // not ready while post-start hooks go on
            Waiting.until("readiness with the plug-in", server,
                    () -> commands.kubectl("get", "--raw", "/readyz?verbose").contains("[+]kms-providers ok"));
            assertThat(commands.kubectl("get", "--raw", "/metrics")).contains(
                    "apiserver_storage_transformation_operations_total{resource=\"secrets\",transformation_type="
                            + "\"to_storage\",transformer_prefix=\"k8s:enc:kms:v2:vault:\",status=\"OK\"}",
                    "apiserver_envelope_encryption_key_id_hash_total{transformation_type=\"to_storage\","
                            + "provider_name=\"vault\"");
            assertThat(server.stop()).isZero();
        }
        try (K3sProcess server = server(home, flags)) {
            server.awaitOutput("Waiting for the KMS plug-in, as rows cannot be decrypted", LIMIT);
            assertThat(server.output()).contains("the KMS provider vault does not decrypt the data key");
            try (KmsPlugin _ = new KmsPlugin(socket)) {
                server.await("the API", LIMIT, commands::served);
                assertThat(commands.kubectl("get", "secret", "one", "-o", "jsonpath={.data.password}"))
                        .contains("cGxhaW50ZXh0");
                assertThat(server.stop()).isZero();
            }
        }
    }

    /// By the page's second block.
    private void rewrite(Commands commands) throws Exception {
        assertThat(page(1)).contains("kubectl get secrets --all-namespaces -o json | kubectl replace -f -");
        // who changes one of them between the two makes it a conflict, which the page has tried again
        Waiting.until("all secrets written again", () -> {
            Path secrets = Files.writeString(home.resolve("secrets.json"),
                    commands.kubectl("get", "secrets", "--all-namespaces", "-o", "json"));
            return !commands.kubectl("replace", "-f", secrets.toString()).isEmpty();
        });
    }

    private static String key() {
        return "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    }
}
