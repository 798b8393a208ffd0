package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
    private static final String FLAG = "--kubelet-arg=";
    private final Random random = new Random(1);
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("mine", Keys.elliptic(),
            Instant.now(), random);
    @TempDir
    private Path directory;
    private Path certificate;
    private Path key;

    @BeforeEach
    void files() throws IOException {
        certificate = directory.resolve("own.crt");
        key = directory.resolve("own.key");
        write("first", 1);
    }

    private void write(String name, long second) throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(key, pair);
        PemFiles.write(certificate, List.of(authority.sign(Profile.server(name, List.of("localhost"), List.of()),
                pair.getPublic(), Instant.now(), random)));
        for (Path file : List.of(key, certificate)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
        }
    }

    private static String shown(CertificateFiles files) {
        return files.now().chain().getFirst().getSubjectX500Principal().getName();
    }

    @Test
    void areReadAgainWhenTheyHaveChanged() throws IOException {
        CertificateFiles files = new CertificateFiles(certificate, key);
        assertThat(shown(files)).isEqualTo("CN=first");
        assertThat(files.now()).isSameAs(files.now());
        write("second", 2);
        assertThat(shown(files)).isEqualTo("CN=second");
        Files.delete(certificate);
        assertThat(shown(files)).as("what was read before stays").isEqualTo("CN=second");
    }

    @Test
    void filesThatCannotBeUsedAreToldOnceWhenThatLasts() throws IOException {
        AtomicLong nanos = new AtomicLong();
        CertificateFiles files = new CertificateFiles(certificate, key, nanos::get);
        byte[] before = Files.readAllBytes(certificate);
        FileTime changed = Files.getLastModifiedTime(certificate);
        Files.delete(certificate);
        List<String> told = new ArrayList<>();
        Handler log = recording(told);
        Logger.getLogger("io.k3j.pki").addHandler(log);
        try {
            for (int i = 0; i < 100; i++) {
                shown(files);
            }
            assertThat(told).as("somebody may be writing them").isEmpty();
            nanos.addAndGet(CertificateFiles.WRITING.toNanos());
            shown(files);
            shown(files);
            assertThat(told).singleElement().asString().startsWith("WARNING ").contains(certificate.toString(),
                    "no certificate is there");
            Files.write(certificate, before);
            Files.setLastModifiedTime(certificate, changed);
            shown(files);
            shown(files);
            assertThat(told).hasSize(2).last().asString().startsWith("INFO ");
        } finally {
            Logger.getLogger("io.k3j.pki").removeHandler(log);
        }
    }

    private static Handler recording(List<String> told) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.INFO.intValue()) {
                    told.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
                }
            }

            @Override
            public void flush() {
                // nothing waits
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    /// As Java writes keys: without the public half.
    @Test
    void areAPairAlsoWhereTheKeyDoesNotTellWhoseItIs() throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(certificate, List.of(authority.sign(Profile.server("mine", List.of("localhost"), List.of()),
                pair.getPublic(), Instant.now(), random)));
        PemFiles.write(key, Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()), PemFiles.SECRET);
        assertThat(shown(new CertificateFiles(certificate, key))).isEqualTo("CN=mine");
        PemFiles.write(key, Pem.encode(Pem.PRIVATE_KEY, Keys.elliptic().getPrivate().getEncoded()), PemFiles.SECRET);
        assertThatThrownBy(() -> new CertificateFiles(certificate, key)).isInstanceOf(IOException.class)
                .hasMessage(key + " is not the key of the certificate in " + certificate);
    }

    @Test
    void areThoseThatArgumentsName() throws IOException {
        assertThat(CertificateFiles.named(FLAG, "tls-cert-file", "tls-private-key-file", "max-pods=3")).isEmpty();
        assertThat(shown(CertificateFiles.named(FLAG, "tls-cert-file", "tls-private-key-file",
                "tls-cert-file=/not/the/last", "--tls-cert-file=" + certificate, "tls-private-key-file=" + key)
                .orElseThrow())).isEqualTo("CN=first");
    }

    @Test
    void whatIsWrongWithThemNamesTheArguments() {
        assertThatThrownBy(() -> CertificateFiles.named(FLAG, "tls-cert-file", "tls-private-key-file",
                "tls-private-key-file=" + key)).isInstanceOf(IOException.class).hasMessage(
                        "--kubelet-arg=tls-private-key-file needs --kubelet-arg=tls-cert-file beside it; give both, or"
                                + " none for K3s' own");
        assertThatThrownBy(() -> CertificateFiles.named(FLAG, "tls-cert-file", "tls-private-key-file",
                "tls-cert-file=" + directory.resolve("absent"), "tls-private-key-file=" + key))
                .hasMessageStartingWith("--kubelet-arg=tls-cert-file, tls-private-key-file: ")
                .hasMessageContaining("no certificate is there");
        assertThatThrownBy(() -> CertificateFiles.named(FLAG, "tls-cert-file", "tls-private-key-file",
                "tls-cert-file=" + certificate, "tls-private-key-file=" + directory.resolve("absent")))
                .hasMessageContaining("no private key is there");
    }
}
