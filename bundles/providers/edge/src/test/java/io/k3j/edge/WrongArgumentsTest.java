package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.ListeningSockets;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;

/// Whom a wrong argument costs: a server that starts, or the bundle that was to replace the running edge.
class WrongArgumentsTest {
    private final List<String> ended = new ArrayList<>();

    private static <T> T proxy(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> answer));
    }

    /// @param ready whatever says that the server has been ready
    private void activate(List<String> ready) {
        Edge.Settings settings = proxy(Edge.Settings.class, new String[] {"tls-min-version=1.3"});
        assertThatThrownBy(() -> new Edge(proxy(BundleContext.class, ready), settings,
                proxy(ListeningSockets.class, null), Health.none(), ended::add))
                .hasMessageContaining("tls-min-version=1.3");
    }

    @Test
    void aServerThatStartsEnds() {
        activate(List.of());
        assertThat(ended).singleElement().asString().contains("tls-min-version=1.3");
    }

    @Test
    void aSwapIsRefusedAndTheServerGoesOn() {
        activate(List.of("it is"));
        assertThat(ended).isEmpty();
    }
}
