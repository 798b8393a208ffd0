package io.k3j.apiserver;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apicontributions.Contributions;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Datastore;
import io.k3j.resourcesbuiltin.BuiltinKinds;
import io.k3j.watchcache.Store;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An API server of this process without a port, for tests of what several of them do on one store.
public final class PlainServer implements AutoCloseable {
    private static final Core.Policy POLICY = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
    private final Contributions contributions = POLICY.contributions();
    private final ViewKeeper views = new ViewKeeper();
    private final Server server;

    /// Serves a datastore.
    public PlainServer(Datastore datastore) {
        contributions.kinds().put(new BuiltinKinds(Standalone.collecting(contributions), true, null), Map.of());
        Store store = new Store();
        store.use(datastore);
        server = new Server(contributions, store, POLICY,
                Core.Environment.real(Health.none()),
                new StartSteps.Done(() -> true, () -> true, () -> true));
    }

    /// An administrator of any name.
    public ApiClient client() {
        return new LocalClient(server.local(), PlainServer::caller, caller("admin"), views);
    }

    private static Caller caller(String name) {
        return Caller.of(name, List.of("system:masters"));
    }

    /// What clients taken from now on are bound to.
    public void begin(Term term) {
        contributions.terms().add(term, Map.of());
    }

    @Override
    public void close() {
        views.close();
        server.close();
    }
}
