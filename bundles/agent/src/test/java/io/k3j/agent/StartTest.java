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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// A node that was in before, and starts again.
class StartTest {
    private static final String SIGNED = "/v1-k3s/serving-kubelet.crt";
    @TempDir
    private Path dir;
    private StockServer server;
    private Settings settings;
    private final BlockingQueue<String> registered = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> trouble = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> aborted = new LinkedBlockingQueue<>();

    @BeforeEach
    void join() throws Exception {
        server = new StockServer();
        settings = TestSettings.of(server.url(), server.token(),
                Map.of("dataDir", dir.toString(), "rootless", true, "disableApiserverLb", true));
        Start first = start();
        assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        first.close();
        registered.clear();
        server.asked.clear();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Start start() {
        HealthScope health = new HealthScope() {
            @Override
            public void report(HealthLevel level, String reason) {
                if (level == HealthLevel.DEGRADED) {
                    trouble.add(reason);
                }
            }

            @Override
            public void close() {
                trouble.clear();
            }
        };
        Abort abort = (Abort) Proxy.newProxyInstance(Abort.class.getClassLoader(), new Class<?>[] {Abort.class},
                (proxy, method, arguments) -> aborted.add(String.valueOf(arguments[0])) ? null : proxy);
        return new Start(context(), settings, health, io.k3j.componentapi.Health.none(), abort);
    }

    /// Registers nothing, and says what it should have.
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
    void waitsUntilItsPasswordIsTaken() throws Exception {
        Files.delete(Layout.of(settings).nodePassword());
        server.refused.put(SIGNED, 403);
        Start start = start();
        try {
            assertThat(trouble.poll(60, TimeUnit.SECONDS)).startsWith("Waiting to retrieve agent configuration; "
                    + "server is not ready: Node password rejected, duplicate hostname or contents of '"
                    + Layout.of(settings).nodePassword() + "' may not match");
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

    @Test
    void knowsTheServersBeforeTheRestOfTheNodeAsksThem() throws Exception {
        Start start = start();
        try {
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
            assertThat(server.asked.stream().map(StockServer.Asked::line)).contains("GET /v1-k3s/apiservers");
        } finally {
            start.close();
        }
    }

    @Test
    void itsPartsFindTheLoadBalancerOnAnotherPortWhileTheServersAreAway() throws Exception {
        server.refused.put("/v1-k3s/config", 401);
        settings = TestSettings.of(server.url(), server.token(),
                Map.of("dataDir", dir.toString(), "rootless", true, "lbServerPort", 0));
        Start start = start();
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
    void startsWithWhatItKnowsWhenItsTokenIsNotTaken() throws Exception {
        server.refused.put("/v1-k3s/config", 401);
        Start start = start();
        try {
            assertThat(registered.poll(60, TimeUnit.SECONDS)).isEqualTo("ListenerIdentity");
        } finally {
            start.close();
        }
        assertThat(trouble.poll()).contains("does not accept this token", "starts with what it knows");
        assertThat(aborted).isEmpty();
    }
}
