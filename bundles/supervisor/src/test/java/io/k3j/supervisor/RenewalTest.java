package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.TimeSource;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/// Certificates are made anew while the server runs: when they run out, and when somebody asks.
class RenewalTest {
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
    private Settings settings;
    private final AtomicInteger told = new AtomicInteger();
    private Renewal renewal;

    @BeforeEach
    void start() throws IOException {
        settings = Given.settings(directory);
        credentials = Credentials.ensure(settings, new Layout(directory), now, TestServer.RANDOM);
        credentials.complete(now, TestServer.RANDOM);
        renewal = new Renewal(credentials, clock, TestServer.RANDOM, List.of(told::incrementAndGet));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        passed = passed.plus(time);
    }

    @Test
    void looksEveryHalfHourHoweverTheTimeOfDayIsSet() throws Exception {
        pass(Duration.ofDays(260));
        renewal = new Renewal(credentials, clock, TestServer.RANDOM, List.of(told::incrementAndGet));
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
    void aServerThatWasOffPastTheEndOfItsCertificatesMakesNewOnes() throws Exception {
        Map<String, BigInteger> before = serials();
        now = now.plus(Duration.ofDays(500));
        Credentials.ensure(settings, new Layout(directory), now, TestServer.RANDOM).complete(now, TestServer.RANDOM);
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(after.get(file).equals(serial)).as(file)
                .isEqualTo(authority(file)));
    }

    @Test
    void whoAsksGetsTheServicesNamedAndTheListenerShowsItAtOnce() throws Exception {
        ServerIdentity server = new ServerIdentity(new Layout(directory), settings, credentials.authorities(),
                () -> now, TestServer.RANDOM);
        BigInteger shown = server.certified(Optional.empty()).chain().getFirst().getSerialNumber();
        Map<String, BigInteger> before = serials();
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/cert/rotate")
                .body("{\"services\":[\"etcd\",\"k3s-server\",\"kubelet\"]}".getBytes(StandardCharsets.UTF_8));
        new CertificateRequests(renewal, server).answer(put, new Asker("server", List.of(Tokens.SERVER_GROUP)));
        assertThat(put.status).isEqualTo(200);
        Set<String> asked = Set.of("server/tls/etcd/client.crt", "server/tls/etcd/server-client.crt",
                "server/tls/etcd/peer-server-client.crt", "agent/client-kubelet.crt", "agent/serving-kubelet.crt");
        Map<String, BigInteger> after = serials();
        before.forEach((file, serial) -> assertThat(!after.get(file).equals(serial)).as(file)
                .isEqualTo(asked.contains(file)));
        assertThat(server.certified(Optional.empty()).chain().getFirst().getSerialNumber()).isNotEqualTo(shown);
        assertThat(told).hasValue(1);
    }
}
