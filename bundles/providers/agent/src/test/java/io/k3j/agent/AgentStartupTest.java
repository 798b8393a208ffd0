package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// The restart of a node that has joined before.
class AgentStartupTest {
    private static final String SIGNED = "/v1-k3s/serving-kubelet.crt";
    @TempDir
    private Path dir;
    private StockServer server;
    private AgentSettings settings;
    private final BlockingQueue<String> registered = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> trouble = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> aborted = new LinkedBlockingQueue<>();
    private volatile Runnable whenDegraded = () -> {
    };

    @BeforeEach
    void join() throws Exception {
        server = new StockServer();
        settings = TestSettings.of(server.url(), server.token(),
                Map.of("dataDir", dir.toString(), "rootless", true, "disableApiserverLb", true));
        AgentStartup first = start();
        assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        first.close();
        registered.clear();
        server.requests.clear();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private AgentStartup start() {
        HealthScope health = new HealthScope() {
            @Override
            public void report(HealthLevel level, String reason) {
                if (level == HealthLevel.DEGRADED) {
                    trouble.add(reason);
                    whenDegraded.run();
                }
            }

            @Override
            public void close() {
                trouble.clear();
            }
        };
        Abort abort = (Abort) Proxy.newProxyInstance(Abort.class.getClassLoader(), new Class<?>[] {Abort.class},
                (proxy, method, arguments) -> aborted.add(String.valueOf(arguments[0])) ? null : proxy);
        return new AgentStartup(context(), settings, health, io.k3j.componentapi.Health.none(), abort);
    }

    /// A context that only records the registered types.
    private BundleContext context() {
        Object registration = Proxy.newProxyInstance(ServiceRegistration.class.getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> null);
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    registered.add(((Class<?>) arguments[0]).getSimpleName());
                    return registration;
                });
    }

    @Test
    void waitsUntilItsPasswordIsAccepted() throws Exception {
        Files.delete(AgentLayout.of(settings).nodePassword());
        server.refused.put(SIGNED, 403);
        AgentStartup start = start();
        try {
            assertThat(trouble.poll(60, TimeUnit.SECONDS)).startsWith("Waiting to retrieve agent configuration; "
                    + "server is not ready: Node password rejected, duplicate hostname or contents of '"
                    + AgentLayout.of(settings).nodePassword() + "' may not match");
            for (int times = 0; times < 3; times += server.next().line().endsWith(SIGNED) ? 1 : 0) {
                assertThat(registered).isEmpty();
            }
            server.refused.clear();
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        } finally {
            start.close();
        }
        assertThat(aborted).isEmpty();
    }

    /// The node that had the name may have stopped a moment ago.
    @Test
    void aNewNodeTriesOnWhileTheOneOfItsNameRuns() throws Exception {
        Files.delete(dir.resolve("agent/client-kubelet.crt"));
        server.refused.put(SIGNED, 403);
        server.why = "node n is running, but its password, the Secret, is gone";
        AgentStartup start = start();
        try {
            assertThat(trouble.poll(60, TimeUnit.SECONDS)).contains("Node password rejected", server.why);
            assertThat(registered).isEmpty();
            server.refused.clear();
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        } finally {
            start.close();
        }
        assertThat(aborted).isEmpty();
    }

    @Test
    void servesProfilesWhereTheyAreAskedFor() throws Exception {
        settings = TestSettings.of(server.url(), server.token(),
                Map.of("dataDir", dir.toString(), "rootless", true, "disableApiserverLb", true, "enablePprof", true));
        AgentStartup start = start();
        try {
            String next = "";
            while (!next.equals("Endpoint")) {
                next = String.valueOf(registered.poll(60, TimeUnit.SECONDS));
                assertThat(next).as("registered in time").isNotEqualTo("null");
            }
        } finally {
            start.close();
        }
    }

    @Test
    void readsTheServersBeforeItRegistersServices() throws Exception {
        AgentStartup start = start();
        try {
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
            assertThat(server.requests.stream().map(StockServer.Request::line)).contains("GET /v1-k3s/apiservers");
        } finally {
            start.close();
        }
    }

    @Test
    void kubeconfigsFollowTheLoadBalancersPortWithoutAServer() throws Exception {
        server.refused.put("/v1-k3s/config", 401);
        settings = TestSettings.of(server.url(), server.token(),
                Map.of("dataDir", dir.toString(), "rootless", true, "lbServerPort", 0));
        AgentStartup start = start();
        try {
            for (String next = ""; !"ListenerIdentity".equals(next);) {
                next = registered.poll(60, TimeUnit.SECONDS);
            }
            assertThat(Files.readString(dir.resolve("agent/kubelet.kubeconfig"))).contains("https://127.0.0.1:")
                    .doesNotContain(server.url());
        } finally {
            start.close();
        }
        assertThat(aborted).isEmpty();
    }

    @Test
    void reportsNothingOnceItIsClosed() throws Exception {
        server.refused.put("/v1-k3s/config", 401);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        CountDownLatch reporting = new CountDownLatch(1);
        whenDegraded = () -> {
            reporting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            told.add("reported");
        };
        AgentStartup start = start();
        assertThat(reporting.await(120, TimeUnit.SECONDS)).isTrue();
        start.close();
        told.add("closed");
        assertThat(told).containsExactly("reported", "closed");
    }

    /// As a server answers for a name by which the cluster knows something else.
    @Test
    void aNodeThatHadJoinedStartsUnderANameThatIsRefusedNow() throws Exception {
        server.refused.put(SIGNED, 400);
        server.why = "start the agent with another --node-name";
        AgentStartup start = start();
        try {
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        } finally {
            start.close();
        }
        assertThat(trouble.poll()).contains("--node-name", "starts with what it knows");
        assertThat(aborted).isEmpty();
    }

    @Test
    void aNewNodeEndsWithTheReasonWhyItsNameIsRefused() throws Exception {
        Files.delete(dir.resolve("agent/client-kubelet.crt"));
        server.refused.put(SIGNED, 400);
        server.why = "start the agent with another --node-name";
        AgentStartup start = start();
        try {
            assertThat(aborted.poll(60, TimeUnit.SECONDS)).contains("--node-name").doesNotContain("password");
        } finally {
            start.close();
        }
    }

    @Test
    void startsFromItsFilesWhenItsTokenIsRejected() throws Exception {
        server.refused.put("/v1-k3s/config", 401);
        AgentStartup start = start();
        try {
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        } finally {
            start.close();
        }
        assertThat(trouble.poll()).contains("does not accept this token", "starts with what it knows");
        assertThat(aborted).isEmpty();
    }
}
