package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Phases;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

class PhaseWatchTest {
    private static final String NODE = Phases.NODE_READY;
    private final List<String> told = new ArrayList<>();
    private final List<ServiceListener> listeners = new ArrayList<>();

    private static <T> T made(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private static ServiceReference<?> condition(String id) {
        return made(ServiceReference.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getProperty" -> id;
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    @BeforeEach
    void watch() throws Exception {
        BundleContext context = made(BundleContext.class, (proxy, method, arguments) -> {
            if (method.getName().equals("addServiceListener")) {
                listeners.add((ServiceListener) Objects.requireNonNull(arguments)[0]);
            }
            return null;
        });
        PhaseWatch.on(context, id -> told.add("reached " + id), (id, now) -> told.add(id + " " + now));
    }

    private List<String> after(int event, ServiceReference<?> reference) {
        told.clear();
        listeners.getFirst().serviceChanged(new ServiceEvent(event, reference));
        return told;
    }

    @Test
    void aPhaseIsReachedOnceAndHoldsAsLongAsAnyBundleSaysSo() {
        ServiceReference<?> first = condition(NODE);
        ServiceReference<?> second = condition(NODE);
        assertThat(after(ServiceEvent.REGISTERED, first)).containsExactly("reached " + NODE, NODE + " true");
        assertThat(after(ServiceEvent.REGISTERED, second)).as("of a swap").containsExactly(NODE + " true");
        assertThat(after(ServiceEvent.UNREGISTERING, first)).isEmpty();
        assertThat(after(ServiceEvent.UNREGISTERING, second)).containsExactly(NODE + " false");
        assertThat(after(ServiceEvent.REGISTERED, condition(NODE))).containsExactly(NODE + " true");
    }

    @Test
    void phasesAreToldApart() {
        ServiceReference<?> node = condition(NODE);
        after(ServiceEvent.REGISTERED, node);
        after(ServiceEvent.REGISTERED, condition(Phases.APISERVER_READY));
        assertThat(after(ServiceEvent.UNREGISTERING, node)).containsExactly(NODE + " false");
    }
}
