package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateExpiration;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server without a node tells by Events which of its certificates end soon.
class CertificateEventsTest {
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration NEARLY = CertificateExpiration.PERIOD.minusSeconds(1);
    @TempDir
    private Path directory;
    private Instant now = MADE;
    /// Whether no two looks at the time of day are alike: Events are named by it.
    private boolean ticks;
    private long tick;
    private final FakeApi api = new FakeApi();
    private @Nullable ApiClient client = api.client();
    private CertificateEvents events;

    @BeforeEach
    void begin() throws Exception {
        CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(), MADE,
                TestServer.RANDOM);
        Path file = directory.resolve("server/tls/client-admin.crt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, Pem.encode(List.of(authority.sign(Profile.client("system:admin", "system:masters"),
                Keys.elliptic().getPublic(), MADE, TestServer.RANDOM))));
        events = new CertificateEvents(directory, "server-1", () -> client, new TimeSource() {
            @Override
            public Instant instant() {
                return ticks ? now.plusNanos(++tick) : now;
            }

            @Override
            public InstantSource monotonic() {
                return () -> now;
            }
        });
    }

    private List<Struct> told() {
        return api.named("default", "server-1.").stream().map(Obj::tree).toList();
    }

    private void looksAfter(Duration time) {
        now = now.plus(time);
        events.step();
    }

    @Test
    void thatAllIsWellIsToldOnce() {
        events.step();
        looksAfter(CertificateExpiration.PERIOD);
        assertThat(told()).hasSize(1);
        Struct event = told().getFirst();
        assertThat(event.text("type") + " " + event.text("reason")).isEqualTo("Normal CertificateExpirationOK");
        assertThat(event.text("message"))
                .isEqualTo("Node and Certificate Authority certificates managed by k3s are OK");
        assertThat(event.struct("involvedObject").text("uid")).isEqualTo("server-1");
        assertThat(event.struct("source")).isEqualTo(Struct.of("component", "k3s-cert-monitor", "host", "server-1"));
        assertThat(event.text("reportingComponent")).isEqualTo("k3s-cert-monitor");
    }

    @Test
    void whatEndsSoonIsOneEventThatIsCountedUpEveryHalfHour() {
        looksAfter(Duration.ofDays(300));
        looksAfter(NEARLY);
        assertThat(told()).hasSize(1);
        assertThat(told().getFirst().whole("count", 0)).isEqualTo(1);
        looksAfter(Duration.ofSeconds(1));
        assertThat(told()).hasSize(1);
        Struct event = told().getFirst();
        assertThat(event.whole("count", 0)).isEqualTo(2);
        assertThat(event.text("lastTimestamp")).isEqualTo(now.toString());
        assertThat(event.text("type")).isEqualTo("Warning");
        assertThat(event.text("message")).isEqualTo("Node certificates require attention - restart k3s on this node to"
                + " trigger automatic rotation: admin/client-admin.crt: certificate CN=system:admin,O=system:masters"
                + " will expire within 120 days at 2027-01-01T00:00:00Z");
    }

    @Test
    void anEventThatHasGoneIsToldAnew() {
        looksAfter(Duration.ofDays(300));
        Obj gone = api.named("default", "server-1.").getFirst();
        api.remove("default", gone.name());
        looksAfter(CertificateExpiration.PERIOD);
        assertThat(told()).hasSize(1);
        assertThat(told().getFirst().whole("count", 0)).isEqualTo(1);
    }

    @Test
    void whatTheApiRefusesIsToldByALaterStepAndTheRestOnlyOnce() throws Exception {
        Files.writeString(directory.resolve("server/tls/server-ca.crt"), Pem.encode(List.of(CertificateAuthority
                .selfSigned("k3s-server", Keys.elliptic(), MADE, TestServer.RANDOM).certificate())));
        ticks = true;
        looksAfter(Duration.ofDays(3_600));
        assertThat(told()).hasSize(2);
        looksAfter(CertificateExpiration.PERIOD);
        assertThat(told()).extracting(event -> event.whole("count", 0)).containsExactly(2L, 2L);
        Obj refused = api.named("default", "server-1.").stream()
                .filter(event -> event.tree().text("reason").startsWith("CA")).findFirst().orElseThrow();
        api.refuseChangesOf(refused.key());
        assertThatThrownBy(() -> looksAfter(CertificateExpiration.PERIOD)).isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> looksAfter(Duration.ofSeconds(10))).isInstanceOf(ApiFault.class);
        api.refuseChangesOf(null);
        looksAfter(Duration.ofSeconds(10));
        assertThat(told()).extracting(event -> event.whole("count", 0)).containsExactly(3L, 3L);
    }

    @Test
    void whatCannotBeToldYetIsToldWhenThereIsAnApi() {
        client = null;
        events.step();
        client = api.client();
        events.step();
        assertThat(told()).hasSize(1);
    }
}
