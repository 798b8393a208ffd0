package io.k3j.apicontributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindCatalog;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/// What becomes of a server whose plug-ins do not tell what they contribute.
class ContributionTrackerTest {
    private final Contributions contributions = new Contributions(Set.of(), Set.of(), Set.of());

    private static <T> T made(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    /// Of a plug-in's bundle.
    @SuppressWarnings("unchecked")
    private static ServiceReference<Object> reference() {
        Map<String, String> told = Map.of("getLocation", "plugin:0f3a", "getSymbolicName", "com.acme.kinds");
        Bundle bundle = made(Bundle.class, (_, method, _) -> told.get(method.getName()));
        return made(ServiceReference.class, (_, method, _) -> switch (method.getName()) {
            case "getBundle" -> bundle;
            case "getPropertyKeys" -> new String[] {Constants.OBJECTCLASS};
            default -> new String[] {KindCatalog.class.getName()};
        });
    }

    private Object added(KindCatalog catalog) {
        BundleContext context = made(BundleContext.class, (_, method, _) -> switch (method.getName()) {
            case "getService" -> catalog;
            case "ungetService" -> true;
            default -> null;
        });
        return new ContributionTracker(context, contributions).addingService(reference());
    }

    @Test
    void onePlugInThatDoesNotTellItsKindsKeepsNoServerFromStarting() {
        assertThat(added(() -> {
            throw new IllegalStateException("not yet");
        })).isNull();
        assertThat(contributions.kinds().listed()).isEmpty();
        assertThat(added(new SampleKinds())).isInstanceOf(KindCatalog.class);
        assertThat(contributions.kinds().listed()).hasSize(1);
    }
}
