package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyStoreTest {
    @TempDir
    private Path dir;

    private ClientKeyStore made() throws IOException {
        KeyPair pair = Keys.elliptic();
        CertificateAuthority self = CertificateAuthority.selfSigned("k3s", pair, Instant.now(), new SecureRandom());
        return ClientKeyStore.of(Files.writeString(dir.resolve("crt"), Pem.encode(self.chain())),
                Files.writeString(dir.resolve("key"), Pem.encode(pair)));
    }

    private static void holdsTheKey(ClientKeyStore store) throws IOException, GeneralSecurityException {
        KeyStore read = KeyStore.getInstance(store.file().toFile(), store.password().toCharArray());
        assertThat(read.isKeyEntry("user")).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file()))).isEqualTo("rw-------");
    }

    @Test
    void isThereAgainWhenTheHostHasTidiedItAway() throws Exception {
        try (ClientKeyStore store = made()) {
            holdsTheKey(store);
            Files.delete(store.file());
            holdsTheKey(store);
        }
    }

    @Test
    void isGoneOnceItIsClosed() throws IOException {
        ClientKeyStore store = made();
        Path file = store.file();
        store.close();
        assertThat(store.file()).isEqualTo(file).doesNotExist();
    }
}
