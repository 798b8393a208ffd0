package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import io.k3j.featuremodel.Signatures;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

class PluginSurroundingsTest {
    private final Set<String> conditions = new TreeSet<>();

    private static <T> T answering(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object registered(Object[] arguments) {
        Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
        String told = properties.get(Phases.ID) + " " + List.of((String[]) properties.get(Components.MISSED_SERVICES));
        conditions.add(told);
        return answering(ServiceRegistration.class, (registration, call, none) -> {
            conditions.remove(told);
            return null;
        });
    }

    /// The names are those that the API server looks for.
    @Test
    void whatIsMissedIsAConditionUntilThatEnds() {
        BundleContext context = answering(BundleContext.class, (proxy, method, arguments) -> registered(arguments));
        HealthBoard health = new HealthBoard(InstantSource.system());
        HealthGate gate = new HealthGate(health, answering(ServiceComponentRuntime.class, (proxy, method, none) -> {
            throw new UnsupportedOperationException(method.getName());
        }));
        Bundles bundles = new Bundles(context, handle -> Path.of(handle.choice()),
                Signatures.of(Map.of(), InstantSource.system()));
        Runnable found = new PluginSurroundings(context, bundles, health, gate).miss("com.acme",
                Set.of("io.k3j.apiserverapi.Admission"));
        assertThat(conditions).containsExactly("k3j.missed.com.acme [io.k3j.apiserverapi.Admission]");
        found.run();
        assertThat(conditions).isEmpty();
    }
}
