package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.TimeSource;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateServices;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Certificates are made anew while the server runs: when they run out, and when somebody asks.
class RenewalTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;
    private Instant now = Instant.now();
    private Instant passed = Instant.ofEpochSecond(86_400);
    private final TimeSource clock = new TimeSource() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public InstantSource monotonic() {
            return () -> passed;
        }
    };
    private Credentials credentials;
    private SupervisorSettings settings;
    private final AtomicInteger told = new AtomicInteger();
    private Renewal renewal;

    @BeforeEach
    void start() throws IOException {
        settings = Given.settings(directory);
        credentials = Credentials.ensure(settings, new ServerLayout(directory), now, RANDOM);
        credentials.complete(now, RANDOM);
        renewal = new Renewal(credentials, clock, RANDOM, List.of(told::incrementAndGet));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        passed = passed.plus(time);
    }

    @Test
    void looksEveryHalfHourHoweverTheTimeOfDayIsSet() throws Exception {
        pass(Duration.ofDays(260));
        renewal = new Renewal(credentials, clock, RANDOM, List.of(told::incrementAndGet));
        pass(Duration.ofMinutes(31));
        now = now.minus(Duration.ofMinutes(20));
        renewal.step();
        assertThat(told).hasValue(1);
    }

    /// Serial numbers of all leaves and authorities by their files.
    private Map<String, BigInteger> serials() throws IOException {
        Map<String, BigInteger> serials = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".crt")).toList()) {
                serials.put(directory.relativize(file).toString(),
                        PemFiles.certificates(file).getFirst().getSerialNumber());
            }
        }
        return serials;
    }

    private static boolean authority(String file) {
        return file.contains("-ca.");
    }

    @Test
    void everyLeafIsRenewedBeforeItRunsOutAndNoAuthority() throws Exception {
        Map<String, BigInteger> before = serials();
        pass(Duration.ofDays(200));
        renewal.step();
        assertThat(serials()).isEqualTo(before);
        pass(Duration.ofDays(60));
        renewal.step();
        Map<String, BigInteger> after = serials();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((file, serial) -> assertThat(after.get(file).equals(serial)).as(file)
                .isEqualTo(authority(file)));
        assertThat(told).hasValue(1);
        assertThat(Files.readString(Path.of(settings.writeKubeconfig()))).contains("client-certificate-data");
    }

    @Test
    void aLeafWithTheSignatureOfAnotherKeyIsMadeAgain() throws Exception {
        Path file = directory.resolve("server/tls/client-admin.crt");
        X509Certificate authority = credentials.authorities().get(Issuer.CLIENT).certificate();
        CertificateAuthority torn = new CertificateAuthority(List.of(authority), Keys.elliptic().getPrivate());
        PemFiles.write(file, List.of(torn.sign(Profile.client("system:admin", "system:masters"),
                PemFiles.certificates(file).getFirst().getPublicKey(), now, RANDOM), authority));
        pass(Duration.ofMinutes(31));
        renewal.step();
        assertThatCode(() -> PemFiles.certificates(file).getFirst().verify(authority.getPublicKey()))
                .doesNotThrowAnyException();
        assertThat(told).hasValue(1);
    }

    @Test
    void aServerThatWasOffPastTheEndOfItsCertificatesMakesNewOnes() throws Exception {
        Map<String, BigInteger> before = serials();
        now = now.plus(Duration.ofDays(500));
        Credentials.ensure(settings, new ServerLayout(directory), now, RANDOM).complete(now, RANDOM);
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(after.get(file).equals(serial)).as(file)
                .isEqualTo(authority(file)));
    }

    @Test
    void whoAsksGetsTheServicesNamedAndTheListenerShowsItAtOnce() throws Exception {
        ServerIdentity server = new ServerIdentity(new ServerLayout(directory), settings, credentials.authorities(),
                () -> now, RANDOM);
        BigInteger shown = server.certified(Optional.empty()).chain().getFirst().getSerialNumber();
        Map<String, BigInteger> before = serials();
        List<Path> made = renewal.rotate(CertificateServices.named(List.of("etcd", "k3s-server", "kubelet")));
        server.rotate();
        Set<String> asked = Set.of("server/tls/etcd/client.crt", "server/tls/etcd/server-client.crt",
                "server/tls/etcd/peer-server-client.crt", "agent/client-kubelet.crt", "agent/serving-kubelet.crt");
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(!after.get(file).equals(serial)).as(file)
                .isEqualTo(asked.contains(file)));
        assertThat(made).extracting(Path::toString).containsExactlyInAnyOrderElementsOf(asked);
        assertThat(server.certified(Optional.empty()).chain().getFirst().getSerialNumber()).isNotEqualTo(shown);
        assertThat(told).hasValue(1);
    }

    /// Its node joins as any other: the certificates in `agent` are the agent's.
    @Test
    void aServerWithoutAnApiServerSaysWhatItLeavesToItsAgent() throws Exception {
        Set<String> services = CertificateServices.named(List.of("kubelet", "kube-proxy"));
        assertThat(renewal.ofAgent(services)).isEmpty();
        renewal = renewal("disableApiserver", true);
        assertThat(renewal.rotate(services)).containsExactly(Path.of("server/tls/client-kube-proxy.crt"));
        assertThat(renewal.ofAgent(services)).extracting(Path::toString).containsExactly("agent/client-kube-proxy.crt",
                "agent/client-kubelet.crt", "agent/serving-kubelet.crt");
        assertThat(renewal("disableApiserver", true, "disableAgent", true).ofAgent(services)).as("no node").isEmpty();
    }

    private Renewal renewal(Object... given) throws IOException {
        return new Renewal(Credentials.ensure(Given.settings(directory, given), new ServerLayout(directory), now,
                RANDOM), clock, RANDOM, List.of());
    }

    @Test
    void aKeyThatDoesNotFitItsCertificateIsHealedAtTheNextStart() throws Exception {
        Map<String, BigInteger> before = serials();
        Path key = directory.resolve("server/tls/client-admin.key");
        PemFiles.write(key, Keys.elliptic());
        Credentials.ensure(settings, new ServerLayout(directory), now, RANDOM).complete(now, RANDOM);
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(!after.get(file).equals(serial)).as(file)
                .isEqualTo(file.equals("server/tls/client-admin.crt")));
        assertThat(PemFiles.key(key).orElseThrow().open()).contains(PemFiles
                .certificates(directory.resolve("server/tls/client-admin.crt")).getFirst().getPublicKey());
    }

    @Test
    void aReaderThatFailsKeepsNobodyFromBeingToldAndIsToldAgain() throws Exception {
        AtomicInteger failures = new AtomicInteger(1);
        AtomicInteger read = new AtomicInteger();
        renewal = new Renewal(credentials, clock, RANDOM, List.of(() -> {
            if (failures.getAndDecrement() > 0) {
                throw new UncheckedIOException(new IOException("disk"));
            }
            read.incrementAndGet();
        }, told::incrementAndGet));
        assertThatThrownBy(() -> renewal.rotate(CertificateServices.named(List.of("kubelet"))))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(told).hasValue(1);
        renewal.step();
        assertThat(read).hasValue(1);
        renewal.step();
        assertThat(read).hasValue(1);
        assertThat(told).hasValue(1);
    }

    @Test
    void aReaderThatFailsKeepsNoLeafFromBeingRenewed() throws Exception {
        renewal = new Renewal(credentials, clock, RANDOM, List.of(() -> {
            throw new UncheckedIOException(new IOException("disk"));
        }));
        assertThatThrownBy(() -> renewal.rotate(CertificateServices.named(List.of("kubelet"))))
                .isInstanceOf(UncheckedIOException.class);
        Map<String, BigInteger> before = serials();
        pass(Duration.ofDays(260));
        assertThatThrownBy(renewal::step).isInstanceOf(UncheckedIOException.class);
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(after.get(file).equals(serial)).as(file)
                .isEqualTo(authority(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serving-kubelet.key", "serving-kubelet.crt", "client-ca.crt"})
    void theKubeletsIdentitySaysWhichFileIsMissingAndShowsWhatItShowed(String name) throws Exception {
        ServerLayout layout = new ServerLayout(directory);
        KubeletIdentity kubelet = new KubeletIdentity(layout);
        Path file = layout.agent(name);
        Files.delete(file);
        assertThatThrownBy(() -> new KubeletIdentity(layout)).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(kubelet::read).isInstanceOf(UncheckedIOException.class);
        assertThat(kubelet.certified(Optional.empty()).chain()).isNotEmpty();
        assertThat(kubelet.clientAuthorities()).isNotEmpty();
    }
}
