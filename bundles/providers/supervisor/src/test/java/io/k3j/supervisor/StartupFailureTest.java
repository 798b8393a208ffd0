package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// Whom a start costs that finds a file it cannot use: the server, or the bundle that was to replace the running one.
class StartupFailureTest {
    private static final String REASON = "--kube-scheduler-arg=tls-cert-file";
    @TempDir
    private Path directory;
    private final BlockingQueue<String> stopped = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    private final Health health = new Health() {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    if (level == HealthLevel.STOPPED) {
                        stopped.add(message);
                    }
                }

                @Override
                public void close() {
                    // nothing to forget
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    };

    /// @param atWork whatever offers the condition of a supervisor that is at work
    private static BundleContext context(List<String> atWork) {
        Object registration = Proxy.newProxyInstance(ServiceRegistration.class.getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> null);
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getServiceReferences" -> atWork;
                    case "registerService" -> registration;
                    default -> null;
                });
    }

    private ServerStartup start(BundleContext context) throws Exception {
        TestServer server = new TestServer(directory, "server-1").flag("kubeSchedulerArg", new String[] {
                "tls-cert-file=/nowhere/own.crt", "tls-private-key-file=/nowhere/own.key"});
        return new ServerStartup(context, server.settings(), server.own(), health, ended::add);
    }

    @Test
    void aServerThatStartsEnds() throws Exception {
        ServerStartup start = start(context(List.of()));
        try {
            assertThat(ended.poll(60, TimeUnit.SECONDS)).contains(REASON).contains("/nowhere/own.crt");
        } finally {
            start.close();
        }
    }

    @Test
    void oneThatWasToReplaceTheRunningOneStopsAndTheServerGoesOn() throws Exception {
        ServerStartup start = start(context(List.of("the running one")));
        try {
            assertThat(stopped.poll(60, TimeUnit.SECONDS)).contains(REASON).contains("/nowhere/own.crt");
            assertThat(ended).isEmpty();
        } finally {
            start.close();
        }
    }
}
