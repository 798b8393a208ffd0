package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.MalformedInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistriesTest {
    private static final String FILE = """
            mirrors:
              docker.io:
                endpoint: ["https://mirror.example.com:5000", "http://plain.example.com/v2/proxy"]
              "*":
                endpoint: ["https://all.example.com"]
            configs:
              mirror.example.com:5000:
                auth: {username: u, password: p}
                tls: {ca_file: /ca.pem, insecure_skip_verify: true}
            """;
    @TempDir
    private Path directory;

    @Test
    void asksTheMirrorsThenTheRegistryItself() throws IOException {
        String toml = read(FILE, true).hosts().get("docker.io");
        assertThat(toml).startsWith("server = \"https://registry-1.docker.io\"")
                .contains("[host.\"https://mirror.example.com:5000\"]").contains("ca = \"/ca.pem\"")
                .contains("skip_verify = true").contains("override_path = true");
    }

    @Test
    void asksOnlyTheMirrorsWhenToldSo() throws IOException {
        assertThat(read(FILE, false).hosts().get("docker.io"))
                .startsWith("server = \"https://mirror.example.com:5000\"");
    }

    @Test
    void writesTheMirrorOfAllUnderContainerdsName() throws IOException {
        assertThat(read(FILE, true).hosts()).containsKey("_default");
    }

    @Test
    void hasCredentialsByHost() throws IOException {
        assertThat(read(FILE, true).auth().get("mirror.example.com:5000")).containsEntry("username", "u");
    }

    @Test
    void saysWhichFileIsDamaged() {
        assertThatThrownBy(() -> read("mirrors: [", true)).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("registries.yaml");
    }

    @Test
    void doesWithoutAFile() throws IOException {
        assertThat(Registries.read(directory.resolve("none"), true).hosts()).isEmpty();
    }

    private Registries read(String text, boolean fallback) throws IOException {
        return Registries.read(Files.writeString(directory.resolve("registries.yaml"), text), fallback);
    }
}
