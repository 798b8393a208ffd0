package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rows that a kube-apiserver 1.36.2 wrote to etcd with `stock.yaml`: `kubectl create` of one object each, a line of
/// `stock-rows.txt` with the row's key and its bytes in base64.
class StockRowsTest {
    private static final String DIRECTORY = "src/test/resources/io/k3j/encryptionproviders/";
    private static List<String> rows;

    private final ConfiguredEncryption encryption = new ConfiguredEncryption(
            new EncryptionOptions(DIRECTORY + "stock.yaml", false),
            () -> List.of(ConfiguredEncryptionTest.kind("v1", "secrets", "/registry/secrets/"),
                    ConfiguredEncryptionTest.kind("v1", "configmaps", "/registry/configmaps/"),
                    ConfiguredEncryptionTest.kind("v1", "serviceaccounts", "/registry/serviceaccounts/"),
                    ConfiguredEncryptionTest.kind("v1", "services", "/registry/services/specs/"),
                    ConfiguredEncryptionTest.kind("apps/v1", "deployments", "/registry/deployments/")),
            Health.none());

    @BeforeAll
    static void read() throws Exception {
        rows = Files.readAllLines(Path.of(DIRECTORY, "stock-rows.txt"));
    }

    private static byte[] row(String storeKey) {
        String line = rows.stream().filter(row -> row.startsWith(storeKey + " ")).findFirst().orElseThrow();
        return Base64.getDecoder().decode(line.substring(storeKey.length() + 1));
    }

    @ParameterizedTest
    @CsvSource({"secrets, aescbc:v1:cbc, plaintext", "configmaps, aesgcm:v1:gcm, text",
            "serviceaccounts, secretbox:v1:box, ServiceAccount", "deployments, secretbox:v1:apps, Deployment",
            "services/specs, aesgcm:v1:rest, ClusterIP", "example.com/pandas, aesgcm:v1:rest, Panda"})
    void areReadAsAnEntryOfTheFileSays(String resource, String key, String shown) {
        String storeKey = "/registry/" + resource + "/default/one";
        byte[] row = row(storeKey);
        assertThat(new String(row, ISO_8859_1)).startsWith("k8s:enc:" + key + ":");
        assertThat(new String(encryption.open(storeKey, row), ISO_8859_1)).contains(shown);
        assertThat(encryption.current(storeKey, row)).isTrue();
        assertThat(new String(encryption.seal(storeKey, row), ISO_8859_1)).startsWith("k8s:enc:" + key + ":");
    }

    @Test
    void thoseThatAreNoObjectsStayPlain() {
        for (String storeKey : List.of("/registry/masterleases/127.0.0.1", "/registry/ranges/servicenodeports")) {
            byte[] row = row(storeKey);
            assertThat(encryption.open(storeKey, row)).isSameAs(row).startsWith('k', '8', 's', 0);
            assertThat(encryption.seal(storeKey, row)).isSameAs(row);
        }
    }
}
