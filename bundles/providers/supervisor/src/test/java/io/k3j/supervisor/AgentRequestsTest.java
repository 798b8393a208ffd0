package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Keys;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.ServerNames;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitedge.FakeExchange;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentRequestsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Requester AGENT = new Requester("node", List.of("k3s:agent"));

    @TempDir
    private Path directory;

    private AgentRequests requests() throws Exception {
        SupervisorSettings settings = Given.settings(directory, "token", "srv", "agentToken", "agt");
        ServerLayout layout = new ServerLayout(directory);
        Credentials credentials = Credentials.ensure(settings, layout, Instant.now(), RANDOM);
        NodeSecrets secrets = new NodeSecrets(RANDOM);
        NodeGate gate = new NodeGate("node-1", Credentials.nodePasswordFile(settings, layout), secrets, false,
                node -> false);
        return new AgentRequests(credentials.authorities(),
                new CertificateSigning(layout, credentials.authorities(),
                        new NodeNames(new ServerNames(settings), new OtherServers(secrets, () -> null), secrets), gate,
                        InstantSource.system(), RANDOM),
                new ApiServers(secrets, "192.0.2.7:6443", () -> null), Struct.EMPTY);
    }

    private static FakeExchange signing() {
        return new FakeExchange("POST", "/v1-k3s/client-kube-proxy.crt")
                .body(CertificateRequest.create("x", Keys.elliptic()));
    }

    /// Goes on with one of its parts when the latch says so.
    /// @param called `body` for what it sends, `respond` for what it reads
    private static Exchange slow(String called, Semaphore waiting, CountDownLatch goOn) {
        FakeExchange exchange = signing();
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (p, method, args) -> {
                    if (method.getName().equals(called)) {
                        waiting.release();
                        goOn.await();
                    }
                    return method.invoke(exchange, args);
                });
    }

    @Test
    void aSlowBodyTakesNoSeat() throws Exception {
        assertKeepsNobodyOut("body");
    }

    @Test
    void aSlowReaderTakesNoSeat() throws Exception {
        assertKeepsNobodyOut("respond");
    }

    private void assertKeepsNobodyOut(String called) throws Exception {
        AgentRequests requests = requests();
        Semaphore waiting = new Semaphore(0);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            boolean all = true;
            for (int i = 0; i < 30 && all; i++) {
                Exchange slow = slow(called, waiting, goOn);
                clients.submit(() -> {
                    requests.answer(slow, AGENT);
                    return slow;
                });
                // one after the other: more at once would be refused for a moment
                all = waiting.tryAcquire(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            FakeExchange quick = signing();
            try {
                requests.answer(quick, AGENT);
            } finally {
                goOn.countDown();
            }
            assertThat(all).as("all of them are waited for").isTrue();
            assertThat(quick.status()).isEqualTo(200);
        }
    }
}
