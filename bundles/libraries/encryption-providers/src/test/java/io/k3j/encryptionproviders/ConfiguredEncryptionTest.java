package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.componentapi.Health;
import io.k3j.encryption.UnreadableRow;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows by the file, and another file while the server runs.
class ConfiguredEncryptionTest {
    private static final String SECRET = "/registry/secrets/default/one";
    private static final String RELOADS = "apiserver_encryption_config_controller_automatic_reloads_total";
    private static final byte[] VALUE = {'{', '}'};

    @TempDir
    private Path directory;

    static ResourceKind kind(String apiVersion, String resource, String prefix) {
        Gvk kind = Gvk.of(apiVersion, "Any");
        return new ResourceKind(Gvr.of(apiVersion, resource), kind, new ResourceKind.Names("", List.of(), List.of()),
                true, Set.of(), List.of(), new ResourceKind.Storage(prefix, kind), Shape.ANY, List.of(),
                new ResourceKind.Strategy(false, false, false, false, false));
    }

    private Path write(String name, String... resourcesAndProviders) throws IOException {
        StringBuilder text = new StringBuilder(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n");
        for (int i = 0; i < resourcesAndProviders.length; i += 2) {
            text.append("- {resources: [").append(resourcesAndProviders[i]).append("], providers: [")
                    .append(resourcesAndProviders[i + 1]).append("]}\n");
        }
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        return Files.move(fresh, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String keys(String provider, String... names) {
        StringBuilder keys = new StringBuilder();
        for (String name : names) {
            keys.append("{name: ").append(name).append(", secret: ").append(ProvidersFileTest.KEY).append("},");
        }
        return "{" + provider + ": {keys: [" + keys + "]}}";
    }

    private static ConfiguredEncryption of(Path file, boolean reload) {
        return new ConfiguredEncryption(new EncryptionOptions(file.toString(), reload),
                () -> List.of(kind("v1", "secrets", "/registry/secrets/"), kind("v1", "nodes", "/registry/minions/"),
                        kind("v1", "endpoints", "/registry/services/endpoints/"),
                        kind("apps/v1", "deployments", "/registry/deployments/")),
                Health.none());
    }

    private static String sealed(ConfiguredEncryption encryption, String storeKey) {
        String row = new String(encryption.seal(storeKey, VALUE), ISO_8859_1);
        return row.startsWith("k8s:enc:") ? row.substring(8, row.indexOf(":v1:")) : "plain";
    }

    @Test
    void rowsAreToldByWhereTheyLie() throws Exception {
        Path file = write("a", "nodes", keys("aescbc", "a"), "endpoints", keys("secretbox", "a"), "'*.apps'",
                keys("aesgcm", "a"), "pandas.example.com", keys("aesgcm", "a"));
        try (ConfiguredEncryption encryption = of(file, false)) {
            assertThat(sealed(encryption, "/registry/minions/node-1")).isEqualTo("aescbc");
            assertThat(sealed(encryption, "/registry/services/endpoints/default/a")).isEqualTo("secretbox");
            assertThat(sealed(encryption, "/registry/deployments/default/a")).isEqualTo("aesgcm");
            assertThat(sealed(encryption, "/registry/example.com/pandas/default/a")).isEqualTo("aesgcm");
            assertThat(sealed(encryption, "/registry/example.com/bears/default/a")).isEqualTo("plain");
            assertThat(encryption.seal(SECRET, VALUE)).isSameAs(VALUE);
            assertThat(encryption.open(SECRET, VALUE)).isSameAs(VALUE);
            assertThat(encryption.covers(SECRET)).isFalse();
        }
        try (ConfiguredEncryption everything = of(write("b", "'*.*'", keys("aesgcm", "a")), false)) {
            assertThat(sealed(everything, "/registry/example.com/bears/default/a")).isEqualTo("aesgcm");
            assertThat(sealed(everything, SECRET)).isEqualTo("aesgcm");
            assertThat(sealed(everything, "/registry/masterleases/10.0.0.1")).isEqualTo("plain");
            assertThat(sealed(everything, "/registry/ranges/serviceips")).isEqualTo("plain");
            assertThat(sealed(everything, "/registry/k3j.io/clusterips/10.43.0.1")).isEqualTo("plain");
        }
    }

    @Test
    void aRowWithoutItsKeyNamesItAndTheFile() throws Exception {
        try (ConfiguredEncryption before = of(write("a", "secrets", keys("aescbc", "gone")), false);
                ConfiguredEncryption after = of(write("b", "secrets", keys("aescbc", "new")), false);
                ConfiguredEncryption none = of(write("c", "nodes", keys("aescbc", "gone")), false)) {
            byte[] row = before.seal(SECRET, VALUE);
            assertThat(before.open(SECRET, row)).isEqualTo(VALUE);
            assertThatThrownBy(() -> after.open(SECRET, row)).isInstanceOf(UnreadableRow.class)
                    .hasMessageContaining("cannot decrypt " + SECRET).hasMessageContaining("no key aescbc gone")
                    .hasMessageContaining(directory.resolve("b").toString());
            assertThatThrownBy(() -> none.open(SECRET, row)).isInstanceOf(UnreadableRow.class)
                    .hasMessageContaining("the key aescbc gone, and no entry names its resource");
        }
    }

    @Test
    void aRowOfAKindThatIsNotServedHasTheKeyOfEverything() throws Exception {
        try (ConfiguredEncryption everything = of(write("a", "'*.*'", keys("aescbc", "a")), false)) {
            byte[] row = everything.seal(SECRET, VALUE);
            assertThat(everything.open("/registry/clustertrustbundles/a", row)).isEqualTo(VALUE);
            assertThat(sealed(everything, "/registry/clustertrustbundles/b")).isEqualTo("plain");
        }
    }

    /// A definition of that group that is there from before.
    @Test
    void whatLiesBesideTheServersOwnRecordsStaysPlain() throws Exception {
        try (ConfiguredEncryption everything = new ConfiguredEncryption(new EncryptionOptions(
                write("a", "'*.*'", keys("aescbc", "a")).toString(), false),
                () -> List.of(kind("k3j.io/v1", "widgets", "/registry/k3j.io/widgets/")), Health.none())) {
            assertThat(sealed(everything, "/registry/k3j.io/widgets/default/a")).isEqualTo("plain");
        }
    }

    @Test
    void aChangedFileIsTakenUpAndAWrongOneChangesNothing() throws Exception {
        Path file = write("a", "secrets", keys("aescbc", "one"));
        try (ConfiguredEncryption encryption = of(file, true)) {
            byte[] row = encryption.seal(SECRET, VALUE);
            write("a", "secrets", keys("secretbox", "two") + "," + keys("aescbc", "one"));
            encryption.look();
            assertThat(sealed(encryption, SECRET)).isEqualTo("secretbox");
            assertThat(encryption.open(SECRET, row)).isEqualTo(VALUE);
            assertThat(encryption.current(SECRET, row)).isFalse();
            assertThat(encryption.current(SECRET, encryption.seal(SECRET, VALUE))).isTrue();
            write("a", "Secrets", keys("aescbc", "one"));
            encryption.look();
            Files.delete(file);
            encryption.look();
            assertThat(sealed(encryption, SECRET)).isEqualTo("secretbox");
            assertThat(encryption.metrics().text())
                    .containsPattern(
                            RELOADS + "\\{status=\"success\",[^}]*} 1")
                    .containsPattern(
                            RELOADS + "\\{status=\"failure\",[^}]*} 2")
                    .contains("apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{",
                            "apiserver_encryption_config_controller_last_config_info{");
        }
    }

    @Test
    void aSuccessorThatMeetsAWrongFileLeavesItsPredecessorAtWork() throws Exception {
        Path file = write("a", "secrets", keys("aescbc", "one"));
        try (ConfiguredEncryption serving = of(file, true)) {
            byte[] row = serving.seal(SECRET, VALUE);
            write("a", "Secrets", keys("aescbc", "one"));
            assertThatThrownBy(() -> of(file, true)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("should not contain capital letters");
            serving.look();
            assertThat(serving.open(SECRET, row)).isEqualTo(VALUE);
            assertThat(sealed(serving, SECRET)).isEqualTo("aescbc");
        }
    }

    @Test
    void withoutReloadAFileIsReadOnce() throws Exception {
        Path file = write("a", "secrets", keys("aescbc", "one"));
        try (ConfiguredEncryption encryption = of(file, false)) {
            write("a", "secrets", keys("secretbox", "two"));
            encryption.look();
            assertThat(sealed(encryption, SECRET)).isEqualTo("aescbc");
        }
    }

    @Test
    void aWrongFileIsAProblemInOneSentence() throws Exception {
        Path file = write("a", "'*'", keys("aescbc", "one"));
        assertThatThrownBy(() -> of(file, true)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(
                "--kube-apiserver-arg=encryption-provider-config: error while parsing file: resources[0].resources[0]:")
                .hasMessageContaining("correct " + file);
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThatThrownBy(() -> of(empty, false))
                .hasMessageContaining("encryption provider configuration file is empty")
                .hasMessageContaining("" + empty);
        assertThatThrownBy(() -> of(directory.resolve("none"), false))
                .hasMessageContaining("error reading encryption provider configuration file");
    }
}
