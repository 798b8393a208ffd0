package io.k3j.apiserver;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apicontributions.Contributions;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.watchcache.AtRest;
import io.k3j.watchcache.EncryptionAtRest;
import io.k3j.watchcache.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// A complete server over an in-memory datastore, with a clock that stands still until a test moves it, and sequential
/// uids; every caller is an administrator unless a test adds authenticators.
final class TestServer implements AutoCloseable {
    private final Datastore datastore;
    final Contributions contributions;
    final TestHealth health = new TestHealth();
    final Store store;
    final Server server;

    /// What its clock shows.
    volatile Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

    /// Whether the system namespaces have been created.
    volatile boolean namespaces = true;

    /// Whether CustomResourceDefinitions are known.
    volatile boolean definitions = true;

    TestServer() {
        this(new MemoryDatastore());
    }

    TestServer(Datastore datastore) {
        this(datastore, new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE));
    }

    TestServer(Datastore datastore, Core.Policy policy) {
        this(datastore, policy, EncryptionAtRest.none());
    }

    TestServer(Datastore datastore, Core.Policy policy, AtRest atRest) {
        this.datastore = datastore;
        this.store = new Store(atRest);
        store.use(datastore);
        this.contributions = policy.contributions();
        contributions.kinds().put(new TestKinds(), Map.of());
        contributions.kinds().put(new TestKinds.Hooks(), Map.of());
        contributions.authenticators().add(
                c -> Optional.of(Caller.of(c.bearer().isEmpty() ? "admin" : c.bearer(),
                        c.bearer().isEmpty() ? List.of("system:masters") : List.of())),
                Map.of());
        AtomicInteger uids = new AtomicInteger();
        server = new Server(contributions, store, policy,
                new Core.Environment(() -> now, new Random(7),
                        () -> new UUID(0, uids.incrementAndGet()), health),
                new StartSteps.Done(() -> true, () -> namespaces, () -> definitions));
    }

    /// Makes every bearer token a user name and allows everything to every user.
    void everybody() {
        contributions.authenticators().add(c -> c.bearer().isEmpty() ? Optional.empty()
                : Optional.of(Caller.of(c.bearer(),
                        List.of(c.bearer().startsWith("system:node:") ? "system:nodes" : "people"))),
                Map.of("service.ranking", 9));
        contributions.authorizers().add((caller, what) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""),
                Map.of());
    }

    TestExchange call(String method, String target, String body) throws IOException {
        return serve(new TestExchange(method, target, body.getBytes(StandardCharsets.UTF_8)));
    }

    TestExchange get(String target) throws IOException {
        return call("GET", target, "");
    }

    TestExchange serve(TestExchange exchange) throws IOException {
        server.endpoint().serve(exchange);
        return exchange;
    }

    @Override
    public void close() {
        server.close();
        if (datastore instanceof MemoryDatastore memory) {
            memory.close();
        }
    }
}
