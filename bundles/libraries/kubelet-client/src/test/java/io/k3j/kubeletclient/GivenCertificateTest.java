package io.k3j.kubeletclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateFiles;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenCertificateTest {
    private final Random random = new Random(1);
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("mine", Keys.elliptic(),
            Instant.now(), random);
    @TempDir
    private Path directory;
    private Path certificate;
    private Path key;
    private Path servers;

    @BeforeEach
    void files() throws IOException {
        certificate = directory.resolve("mine.crt");
        key = directory.resolve("mine.key");
        servers = directory.resolve("servers.crt");
        PemFiles.write(servers, authority.chain());
        write(1);
    }

    private void write(long second) throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(key, pair);
        PemFiles.write(certificate, List.of(authority.sign(Profile.client("mine", "ops"), pair.getPublic(),
                Instant.now(), random)));
        for (Path file : List.of(key, certificate, servers)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
        }
    }

    @Test
    void theContextIsTheSameUntilAFileChanges() throws IOException {
        GivenCertificate identity = new GivenCertificate(new CertificateFiles(certificate, key), servers);
        SSLContext first = identity.context();
        assertThat(identity.context()).isSameAs(first);
        write(2);
        SSLContext renewed = identity.context();
        assertThat(renewed).isNotSameAs(first);
        Files.setLastModifiedTime(servers, FileTime.from(Instant.ofEpochSecond(3)));
        assertThat(identity.context()).as("others may be believed").isNotSameAs(renewed);
    }

    @Test
    void nobodyIsBelievedWithoutAuthorities() throws IOException {
        GivenCertificate identity = new GivenCertificate(new CertificateFiles(certificate, key), servers);
        Files.delete(servers);
        assertThatThrownBy(identity::context).isInstanceOf(NoSuchFileException.class);
    }
}
