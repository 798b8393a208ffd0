package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files go out in the form Go writes and come back; OpenSSL reads them, and we read OpenSSL's.
class PemTest {
    @TempDir
    private Path directory;

    @Test
    void writesAndReadsEllipticKeys() {
        KeyPair pair = Keys.elliptic();
        String text = Pem.encode(pair);
        assertThat(text).startsWith("-----BEGIN EC PRIVATE KEY-----\n").endsWith("-----END EC PRIVATE KEY-----\n");
        LoadedKey loaded = Pem.keys(text).getFirst();
        assertThat(((ECPrivateKey) loaded.secret()).getS()).isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
        assertThat(loaded.open()).contains(pair.getPublic());
    }

    @Test
    void writesAndReadsRsaKeys() {
        KeyPair pair = Keys.rsa();
        String text = Pem.encode(pair);
        assertThat(text).startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
        assertThat(Pem.keys(text).getFirst().pair().orElseThrow().getPublic()).isEqualTo(pair.getPublic());
    }

    @Test
    void agreesWithOpenSsl() throws Exception {
        Path key = directory.resolve("ours.key");
        PemFiles.write(key, Keys.elliptic());
        assertThat(openssl("ec", "-in", key.toString(), "-noout", "-check")).contains("EC Key valid");
        Path theirs = directory.resolve("theirs.key");
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", theirs.toString());
        assertThat(PemFiles.key(theirs).orElseThrow().open()).isPresent();
        openssl("genpkey", "-algorithm", "RSA", "-out", theirs.toString());
        assertThat(PemFiles.key(theirs).orElseThrow().open()).isPresent();
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", theirs.toString());
        assertThat(PemFiles.key(theirs).orElseThrow().open()).isPresent();
    }

    @Test
    void checksRequestsOfOpenSsl() throws Exception {
        Path request = directory.resolve("node.csr");
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                directory.resolve("node.key").toString(), "-subj", "/O=system:nodes/CN=system:node:a", "-outform",
                "DER", "-out", request.toString());
        byte[] der = Files.readAllBytes(request);
        CertificateRequest read = CertificateRequest.parse(der);
        assertThat(read.commonName()).isEqualTo("system:node:a");
        assertThat(read.organizations()).containsExactly("system:nodes");
        assertThat(read.key())
                .isEqualTo(PemFiles.key(directory.resolve("node.key")).orElseThrow().open().orElseThrow());
        der[40]++;
        assertThatThrownBy(() -> CertificateRequest.parse(der)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void makesRequestsThatCheck() {
        KeyPair pair = Keys.elliptic();
        CertificateRequest read = CertificateRequest.parse(CertificateRequest.create("node-1", pair));
        assertThat(read.commonName()).isEqualTo("node-1");
        assertThat(read.key()).isEqualTo(pair.getPublic());
    }

    @Test
    void refusesRubbishWithoutReadingBeyondIt() {
        byte[] der = CertificateRequest.create("node-1", Keys.elliptic());
        for (int length = 0; length < der.length; length++) {
            byte[] cut = Arrays.copyOf(der, length);
            assertThatThrownBy(() -> CertificateRequest.parse(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        byte[] nested = new byte[CertificateRequest.MAX_BYTES];
        for (int at = 0; at + 4 <= nested.length; at += 4) {
            int rest = nested.length - at - 4;
            nested[at] = 0x30;
            nested[at + 1] = (byte) 0x82;
            nested[at + 2] = (byte) (rest >> 8);
            nested[at + 3] = (byte) rest;
        }
        assertThatThrownBy(() -> CertificateRequest.parse(nested)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesRequestsThatAreTooLargeOrWeaklySigned() throws Exception {
        assertThatThrownBy(() -> CertificateRequest.parse(new byte[CertificateRequest.MAX_BYTES + 1]))
                .hasMessageContaining("larger than 16384 bytes");
        Path request = directory.resolve("weak.csr");
        openssl("req", "-new", "-newkey", "rsa:2048", "-sha1", "-nodes", "-keyout",
                directory.resolve("weak.key").toString(), "-subj", "/CN=weak", "-outform", "DER", "-out",
                request.toString());
        byte[] der = Files.readAllBytes(request);
        assertThatThrownBy(() -> CertificateRequest.parse(der)).hasMessageContaining("cannot verify signature");
    }

    @Test
    void protectsSecretsAndReplacesFilesWhole() throws Exception {
        Path key = directory.resolve("client-admin.key");
        PemFiles.write(key, Keys.elliptic());
        PemFiles.write(key, Keys.elliptic());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key))).isEqualTo("rw-------");
        Path certificate = directory.resolve("client-ca.crt");
        CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), Instant.now(),
                new SecureRandom());
        PemFiles.write(certificate, authority.chain());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate))).isEqualTo("rw-r--r--");
        assertThat(PemFiles.certificates(certificate)).isEqualTo(authority.chain());
        try (var files = Files.list(directory)) {
            assertThat(files.map(Path::getFileName).map(Path::toString).sorted().toList())
                    .isEqualTo(List.of("client-admin.key", "client-ca.crt"));
        }
    }

    @Test
    void namesTheDamagedFile() throws Exception {
        Path certificate = directory.resolve("server-ca.crt");
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> PemFiles.certificates(certificate)).isInstanceOf(IOException.class)
                .hasMessageContaining("server-ca.crt is damaged");
        assertThat(PemFiles.certificates(directory.resolve("absent.crt"))).isEmpty();
    }

    private String openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
