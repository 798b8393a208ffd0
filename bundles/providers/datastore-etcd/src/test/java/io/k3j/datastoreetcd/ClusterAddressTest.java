package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterAddressTest {
    @TempDir
    Path directory;

    @Test
    void aBadEndpointOrFileIsNamedWithItsFlag() throws IOException {
        assertThatThrownBy(() -> new ClusterAddress("ftp://h", "", "", "", false).open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--datastore-endpoint").hasMessageContaining("http://HOST:PORT");
        assertThatThrownBy(() -> new ClusterAddress("https://h", "/nowhere/ca.crt", "", "", false).open())
                .hasMessageContaining("--datastore-cafile /nowhere/ca.crt");
        assertThatThrownBy(() -> new ClusterAddress("https://h", "", "a.crt", "", false).open())
                .hasMessageContaining("--datastore-keyfile");
        Path empty = Files.writeString(directory.resolve("empty.crt"), "nothing");
        assertThatThrownBy(() -> new ClusterAddress("https://h", empty.toString(), "", "", false).open())
                .hasMessageContaining("no certificate in PEM");
    }

    @Test
    void aManagedEtcdIsIncompleteWithoutItsCertificates() {
        assertThat(new ClusterAddress("https://127.0.0.1:2379", directory + "/ca", directory + "/c", directory + "/k",
                true)
                .complete()).isFalse();
    }
}
