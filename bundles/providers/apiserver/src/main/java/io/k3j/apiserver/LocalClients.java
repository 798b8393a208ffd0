package io.k3j.apiserver;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// Creates each bundle's client with the identities that its feature declares.
final class LocalClients implements ServiceFactory<ApiClient> {
    private final LocalBackend backend;
    private final Identities identities;
    private final Map<ApiClient, ViewKeeper> views = new ConcurrentHashMap<>();

    LocalClients(LocalBackend backend, Identities identities) {
        this.backend = backend;
        this.identities = identities;
    }

    /// The identities one bundle may act under.
    interface Callers {
        /// The identity with that user name.
        /// @throws IllegalArgumentException when it is not declared
        Caller named(String user);
    }

    @Override
    public ApiClient getService(Bundle bundle, ServiceRegistration<ApiClient> registration) {
        List<Identity> declared = identities.of(bundle);
        ViewKeeper keeper = new ViewKeeper();
        LocalClient plain = new LocalClient(backend, user -> caller(declared.stream().filter(i -> i.user().equals(user))
                .findFirst().orElseThrow(() -> new IllegalArgumentException(
                        bundle.getSymbolicName() + " does not declare the identity " + user))),
                caller(declared.getFirst()), keeper);
        ApiClient client = backend.auditing().wanted() ? new AuditedClient(plain, backend) : plain;
        views.put(client, keeper);
        return client;
    }

    private static Caller caller(Identity identity) {
        List<String> groups = new ArrayList<>(identity.groups());
        String prefix = "system:serviceaccount:";
        if (identity.user().startsWith(prefix)) {
            String rest = identity.user().substring(prefix.length());
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + rest.substring(0, Math.max(0, rest.indexOf(':'))));
        }
        groups.add("system:authenticated");
        return Caller.of(identity.user(), List.copyOf(groups));
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<ApiClient> registration, ApiClient client) {
        ViewKeeper keeper = views.remove(client);
        if (keeper != null) {
            keeper.close();
        }
    }
}
