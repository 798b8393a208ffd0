package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.TimeSource;
import io.k3j.pki.PasswordFile;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.Renewal;
import io.k3j.servercredentials.ServerIdentity;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/v1-k3s/cert/rotate`: renews the named services, the listener immediately.
class CertificateRequestsTest {
    private static final Requester SERVER = new Requester("server", List.of(PasswordFile.SERVER_GROUP));

    @TempDir
    private Path directory;
    private final AtomicInteger reads = new AtomicInteger();
    private ServerIdentity server;
    private CertificateRequests requests;

    @BeforeEach
    void start() throws IOException {
        SupervisorSettings settings = Given.settings(directory);
        ServerLayout layout = new ServerLayout(directory);
        TimeSource clock = TimeSource.system();
        Credentials credentials = Credentials.ensure(settings, layout, clock.instant(), TestServer.RANDOM);
        credentials.complete(clock.instant(), TestServer.RANDOM);
        server = new ServerIdentity(layout, settings, credentials.authorities(), InstantSource.system(),
                TestServer.RANDOM);
        requests = new CertificateRequests(
                new Renewal(credentials, clock, TestServer.RANDOM, List.of(reads::incrementAndGet)), server);
    }

    private BigInteger presented() {
        return server.certified(Optional.empty()).chain().getFirst().getSerialNumber();
    }

    private FakeExchange put(String services) throws IOException, Refusal {
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/cert/rotate")
                .body(("{\"services\":[" + services + "]}").getBytes(StandardCharsets.UTF_8));
        requests.answer(put, SERVER);
        return put;
    }

    @Test
    void renewsTheListenerOnlyWhenItIsNamed() throws Exception {
        BigInteger before = presented();
        assertThat(put("\"etcd\",\"kubelet\"").status()).isEqualTo(200);
        assertThat(presented()).isEqualTo(before);
        assertThat(put("\"k3s-server\"").status()).isEqualTo(200);
        assertThat(presented()).isNotEqualTo(before);
        assertThat(reads).hasPositiveValue();
    }

    @Test
    void saysWhichCertificatesItHasMade() throws Exception {
        assertThat(put("\"kubelet\",\"scheduler\"").answer()).contains("""
                {"files":["agent/serving-kubelet.crt","agent/client-kubelet.crt",\
                "server/tls/client-scheduler.crt","server/tls/kube-scheduler/kube-scheduler.crt"],"left":[],\
                "listener":false}""");
        assertThat(put("\"k3s-server\"").answer()).contains("{\"files\":[],\"left\":[],\"listener\":true}");
    }

    @Test
    void saysWhichFileCannotBeWritten() throws Exception {
        Path file = directory.resolve("server/tls/client-admin.crt");
        Files.delete(file);
        Files.createDirectories(file.resolve("in-the-way"));
        assertThatThrownBy(() -> put("\"admin\""))
                .isInstanceOfSatisfying(Refusal.class, refused -> assertThat(refused.code()).isEqualTo(500))
                .hasMessageStartingWith("the rotation of certificates has failed: ")
                .hasMessageContaining("client-admin.crt");
    }

    @Test
    void refusesUnknownServicesAndMethods() {
        assertThatThrownBy(() -> put("\"nonsense\"")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> requests.answer(new FakeExchange("GET", "/v1-k3s/cert/rotate"), SERVER))
                .isInstanceOf(Refusal.class).hasMessage("method not allowed");
    }
}
