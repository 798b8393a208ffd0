package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateExpiration;
import io.k3j.pki.CertificateServices;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a Node's Events say of its certificates.
class CertificateMonitorTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SOON = "kubelet/serving-kubelet.crt: certificate CN=n will expire within 120 days at"
            + " 2027-01-01T00:00:00Z";
    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock(MADE);
    private final FakeApi api = FakeApi.stepped(clock);
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(),
            MADE, RANDOM);
    private Events events;
    private CertificateMonitor monitor;

    @BeforeEach
    void begin() throws IOException {
        starts();
        X509Certificate leaf = authority.sign(Profile.server("n", List.of("n"), List.of()),
                Keys.elliptic().getPublic(), MADE, RANDOM);
        write("agent/serving-kubelet", leaf);
        write("server/tls/server-ca", authority.certificate());
    }

    /// As another kubelet does, which knows nothing of the Events of the one before.
    private void starts() {
        events = new Events(api, "kubelet", "n", clock);
        monitor = new CertificateMonitor(directory, "n", api, events, clock);
    }

    private void write(String file, X509Certificate certificate) throws IOException {
        Path path = directory.resolve(file + ".crt");
        Files.createDirectories(path.getParent());
        Files.writeString(path, Pem.encode(List.of(certificate)));
    }

    private void looks() {
        assertThat(monitor.look()).isTrue();
        while (events.step()) {
            api.deliver();
        }
    }

    private List<Struct> told() {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream().map(Obj::tree)
                .sorted(Comparator.comparing(event -> event.text("reason"))).toList();
    }

    private static String said(Struct event) {
        return event.whole("count", 0) + " " + event.text("type") + " " + event.text("reason") + " "
                + event.text("message");
    }

    @Test
    void thatAllIsWellIsToldOnceAfterAStart() {
        looks();
        clock.advance(CertificateExpiration.PERIOD);
        looks();
        assertThat(told()).extracting(CertificateMonitorTest::said).containsExactly("1 Normal CertificateExpirationOK"
                + " Node and Certificate Authority certificates managed by k3s are OK");
        starts();
        looks();
        assertThat(told()).hasSize(2);
    }

    @Test
    void theEventIsOfK3sMonitorAndAboutTheNode() {
        looks();
        Struct event = told().getFirst();
        assertThat(event.struct("involvedObject")).isEqualTo(Struct.of("kind", "Node", "name", "n", "uid", "n"));
        assertThat(event.struct("metadata").text("namespace")).isEqualTo("default");
        assertThat(event.struct("source")).isEqualTo(Struct.of("component", "k3s-cert-monitor", "host", "n"));
        assertThat(event.text("reportingComponent")).isEqualTo("k3s-cert-monitor");
        assertThat(event.text("reportingInstance")).isEqualTo("n");
    }

    @Test
    void whatEndsSoonIsOneEventThatIsCountedUpAtEachLook() {
        looks();
        clock.advance(Duration.ofDays(245).plusSeconds(1));
        looks();
        clock.advance(CertificateExpiration.PERIOD);
        looks();
        assertThat(told()).extracting(CertificateMonitorTest::said).last().isEqualTo("2 Warning"
                + " CertificateExpirationWarning Node certificates require attention - restart k3s on this node to"
                + " trigger automatic rotation: " + SOON);
        assertThat(told()).hasSize(2);
    }

    @Test
    void authoritiesAreToldOfAYearBeforeTheirEnd() throws Exception {
        Files.delete(directory.resolve("agent/serving-kubelet.crt"));
        clock.advance(CertificateAuthority.TEN_YEARS.minusDays(364));
        looks();
        assertThat(told()).extracting(CertificateMonitorTest::said).containsExactly("1 Warning"
                + " CACertificateExpirationWarning Certificate Authority certificates require attention - check k3s"
                + " documentation and begin planning rotation: certificate-authority/server-ca.crt: certificate"
                + " CN=k3s-server-ca@1767225600 will expire within 365 days at 2035-12-30T00:00:00Z");
    }

    @Test
    void aLongListIsToldWhole() throws Exception {
        X509Certificate leaf = authority.sign(Profile.server("n", List.of("n"), List.of()),
                Keys.elliptic().getPublic(), MADE, RANDOM);
        List<String> files = CertificateServices.files(CertificateServices.named(List.of()));
        for (String file : files) {
            write(file, leaf);
        }
        clock.advance(Duration.ofDays(300));
        looks();
        assertThat(told().getFirst().text("message").lines().toList()).hasSameSizeAs(files);
        assertThat(told().getFirst().text("message")).hasSizeGreaterThan(1_024);
    }

    @Test
    void nobodyIsToldBeforeTheApiServerAnswersButMetricsKnow() {
        api.refuse("get", BuiltinResources.NODES, ApiFault.unavailable("it starts"));
        assertThat(monitor.look()).isFalse();
        assertThat(monitor.text()).contains("subject=\"CN=n\"");
        assertThat(events.step()).isFalse();
        looks();
        assertThat(told()).extracting(event -> event.text("reason")).containsExactly("CertificateExpirationOK");
    }

    @Test
    void itEndsWhenItIsToldTo() throws Exception {
        monitor.run(new CountDownLatch(0));
        looks();
        assertThat(told()).extracting(CertificateMonitorTest::said).as("the first look was in the run")
                .hasSize(1);
    }
}
