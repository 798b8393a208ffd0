package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// `--enable-pprof`.
class ProfilesTest {
    @TempDir
    private Path directory;

    private List<Set<String>> served(TestServer server) throws Exception {
        List<Set<String>> prefixes = new ArrayList<>();
        BundleContext context = (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (arguments[1] instanceof Endpoint endpoint) {
                        prefixes.add(endpoint.prefixes());
                    }
                    return Proxy.newProxyInstance(ServiceRegistration.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class}, (registration, call, none) -> null);
                });
        NodeSecrets secrets = new NodeSecrets(TestServer.RANDOM);
        SupervisorHandlers handlers = new SupervisorHandlers(server.layout, server.settings(), server.own(), secrets,
                () -> null);
        handlers.register(server.credentials(), new Services(context)).encryption().close();
        secrets.close();
        return prefixes;
    }

    @Test
    void areServedWhereTheyAreAskedForOnly() throws Exception {
        assertThat(served(new TestServer(directory, "server-1"))).doesNotContain(Set.of("/debug/pprof"));
        assertThat(served(new TestServer(directory, "server-2").flag("enablePprof", true)))
                .contains(Set.of("/debug/pprof"));
    }
}
