package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Phases;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

class LeaderCallbacksTest {
    private final List<String> registered = new ArrayList<>();

    /// Records registrations: a term's Lease with whether it was elected, or a condition's id.
    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    String name = arguments[1] instanceof Term term ? term.lease() + " " + term.elected()
                            : (String) ((Dictionary<?, ?>) arguments[2]).get(Condition.CONDITION_ID);
                    registered.add(name);
                    return registration(name);
                });
    }

    private Object registration(String name) {
        return Proxy.newProxyInstance(ServiceRegistration.class.getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    registered.remove(name);
                    return null;
                });
    }

    @Test
    void withoutAnElectionEachTermIsRegisteredBeforeItsCondition() {
        Runnable end = new LeaderCallbacks(context()).always();
        assertThat(registered).containsExactlyElementsOf(Candidate.LEASES.stream()
                .flatMap(l -> List.of("kube-system/" + l + " false", Phases.LEADER + l).stream()).toList());
        end.run();
        assertThat(registered).isEmpty();
    }
}
