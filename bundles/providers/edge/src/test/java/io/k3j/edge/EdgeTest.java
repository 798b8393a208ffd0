package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/// Whose certificates a port shows.
class EdgeTest {
    private static ServiceReference<?> of(Bundle bundle) {
        return (ServiceReference<?>) Proxy.newProxyInstance(ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, method, given) -> method.getName().equals("getBundle") ? bundle : null);
    }

    private static Bundle at(String location) {
        return (Bundle) Proxy.newProxyInstance(Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class},
                (proxy, method, given) -> method.getName().equals("getLocation") ? location : null);
    }

    @Test
    void certificatesOfAPlugInAreNotUsed() {
        assertThat(Edge.plugged(of(at("plugin:0f3a")))).isTrue();
        assertThat(Edge.plugged(of(at("io.k3j.supervisor")))).isFalse();
        assertThat(Edge.plugged(of(at(null)))).isFalse();
        assertThat(Edge.plugged(of(null))).as("it has gone meanwhile").isFalse();
    }
}
