package io.k3j.apicontributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.condition.Condition;

/// Plug-ins that decided about requests before this server was started, and do not run.
class MissedOwnersTest {
    private final Contributions contributions = new Contributions(Set.of(), Set.of(), Set.of());
    private final MissedOwners owners = new MissedOwners((BundleContext) Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class},
            (proxy, method, given) -> null), contributions);

    /// @param types what the plug-in had registered
    @SuppressWarnings("unchecked")
    private static ServiceReference<Condition> missed(Class<?>... types) {
        String[] names = new String[types.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = types[i].getName();
        }
        return (ServiceReference<Condition>) Proxy.newProxyInstance(ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, method, given) -> given[0].equals(Phases.ID) ? Components.MISSED + "com.acme" : names);
    }

    @Test
    void areMissedUntilTheyRunOrTheirFilesGo() {
        ServiceReference<Condition> both = missed(Admission.class, Authorizer.class);
        assertThat(owners.addingService(both)).isEqualTo("com.acme");
        assertThat(contributions.accessControlMissed()).isEqualTo("authorizer of com.acme, admission plug-in of"
                + " com.acme");
        owners.modifiedService(missed(Admission.class), "com.acme");
        assertThat(contributions.accessControlMissed()).isEqualTo("admission plug-in of com.acme");
        owners.removedService(both, "com.acme");
        assertThat(contributions.accessControlComplete()).isTrue();
    }

    @Test
    void areMissedToTheEndOfAServerThatEnds() {
        owners.addingService(missed(Admission.class));
        owners.freeze();
        owners.removedService(missed(Admission.class), "com.acme");
        assertThat(contributions.accessControlComplete()).isFalse();
    }
}
