package io.k3j.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apicontributions.Contributions;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.edgeapi.Endpoint;
import io.k3j.encryption.UnreadableRow;
import io.k3j.testkitbase.Waiting;
import io.k3j.watchcache.AtRest;
import io.k3j.watchcache.EncryptionAtRest;
import io.k3j.watchcache.Store;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

class StartupTest {
    private static final long LIMIT = Waiting.LIMIT.toSeconds();
    private final TestHealth health = new TestHealth();

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static Contributions kinds(Core.Policy policy) {
        Contributions some = policy.contributions();
        List<ResourceKind> rows = List.of(TestKinds.kind("v1", "namespaces", "Namespace", "/registry/namespaces/",
                List.of(), new ResourceKind.Strategy(true, false, false, false, true)));
        some.kinds().put((KindCatalog) () -> rows, Map.of());
        some.kinds().put(new TestKinds.Hooks() {
            @Override
            public String group() {
                return "";
            }
        }, Map.of());
        return some;
    }

    @Test
    void aStartThatFailsEndsTheProcess() throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        Abort abort = told::complete;
        Store store = new Store(EncryptionAtRest.none());
        store.use(proxy(Datastore.class, (proxy, method, given) -> {
            throw new AssertionError("planted");
        }));
        Core.Policy policy = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
        BundleContext context = proxy(BundleContext.class, (proxy, method, given) -> null);
        try (Startup startup = new Startup(new Startup.Framework(context, health, health.scope("apiserver"),
                bundle -> List.of(), abort), store, kinds(policy),
                new ServerRunOptions(policy, "127.0.0.1", 6443, "10.43.0.1"))) {
            startup.begin();
            startup.agreed();
            assertThat(told.get(LIMIT, TimeUnit.SECONDS)).contains("the API server cannot start", "planted",
                    "start k3s again");
        }
    }

    /// A start over a row that no key opens.
    ///
    /// @param ready whether an API server serves already, as in a swap
    private static Startup sealed(boolean ready, Store store, HealthScope scope, Abort abort) {
        BundleContext context = proxy(BundleContext.class, (proxy, method, given) -> switch (method.getName()) {
            case "getServiceReferences" -> ready
                    ? List.of(proxy(ServiceReference.class, (reference, call, none) -> null)) : List.of();
            case "registerService" -> proxy(ServiceRegistration.class, (registration, call, none) -> null);
            default -> null;
        });
        Core.Policy policy = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
        Startup startup = new Startup(new Startup.Framework(context, new TestHealth(), scope, bundle -> List.of(),
                abort), store, kinds(policy), new ServerRunOptions(policy, "127.0.0.1", 6443, "10.43.0.1"));
        startup.begin();
        startup.agreed();
        return startup;
    }

    @Test
    void aRowThatNoKeyOpensEndsAStartAtOnceAndASwapGoesBack() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        CompletableFuture<String> stopped = new CompletableFuture<>();
        CompletableFuture<String> endedBySwap = new CompletableFuture<>();
        HealthScope scope = proxy(HealthScope.class, (proxy, method, given) -> {
            if (given != null && given[0] == HealthLevel.STOPPED) {
                stopped.complete((String) given[1]);
            }
            return null;
        });
        Store store = new Store(EncryptionAtRest.none());
        try (MemoryDatastore datastore = new MemoryDatastore()) {
            datastore.commit("/registry/secrets/a/b", 0, "k8s:enc:aescbc:v1:gone:".getBytes(UTF_8), Duration.ZERO);
            store.use(datastore);
            try (Startup _ = sealed(false, store, health.scope("apiserver"), ended::complete);
                    Startup _ = sealed(true, store, scope, endedBySwap::complete)) {
                assertThat(ended.get(LIMIT, TimeUnit.SECONDS)).startsWith("cannot decrypt /registry/secrets/a/b");
                assertThat(stopped.get(LIMIT, TimeUnit.SECONDS)).contains("cannot decrypt /registry/secrets/a/b");
            }
        }
        assertThat(endedBySwap).isNotDone();
    }

    /// Rows whose keys a service keeps, which is away at first.
    private static final class Away implements AtRest {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean away = true;

        @Override
        public boolean covers(String storeKey) {
            return true;
        }

        @Override
        public byte[] seal(String storeKey, byte[] value) {
            return value;
        }

        @Override
        public boolean current(String storeKey, byte[] value) {
            return true;
        }

        @Override
        public byte[] open(String storeKey, byte[] value) {
            asked.incrementAndGet();
            if (away) {
                throw UnreadableRow.passing("key", "cannot decrypt " + storeKey + ": planted", "Unavailable");
            }
            return value;
        }
    }

    @Test
    void aStartWaitsForTheKeysOfItsRowsAndASwapGoesBack() throws Exception {
        CompletableFuture<String> stopped = new CompletableFuture<>();
        BlockingQueue<String> waits = new LinkedBlockingQueue<>();
        CompletableFuture<String> ended = new CompletableFuture<>();
        Away atRest = new Away();
        Store store = new Store(atRest);
        try (MemoryDatastore datastore = new MemoryDatastore()) {
            datastore.commit("/registry/secrets/a/b", 0, "{}".getBytes(UTF_8), Duration.ZERO);
            store.use(datastore);
            try (Startup _ = sealed(true, store, scope(HealthLevel.STOPPED, stopped::complete), ended::complete)) {
                assertThat(stopped.get(LIMIT, TimeUnit.SECONDS)).contains("cannot decrypt /registry/secrets/a/b");
            }
            try (Startup _ = sealed(false, store, scope(HealthLevel.STARTING, waits::add), ended::complete)) {
                String waiting = "";
                while (!waiting.contains("waits for the keys of rows: cannot decrypt /registry/secrets/a/b: planted")) {
                    waiting = waits.poll(LIMIT, TimeUnit.SECONDS);
                    assertThat(waiting).isNotNull();
                }
                int asked = atRest.asked.get();
                atRest.away = false;
                while (!waiting.contains("waits for authorizers")) {
                    waiting = waits.poll(LIMIT, TimeUnit.SECONDS);
                    assertThat(waiting).isNotNull();
                }
                assertThat(atRest.asked).hasValueGreaterThan(asked);
            }
        }
        assertThat(ended).isNotDone();
    }

    private static HealthScope scope(HealthLevel level, Consumer<String> told) {
        return proxy(HealthScope.class, (proxy, method, given) -> {
            if (given != null && given[0] == level) {
                told.accept((String) given[1]);
            }
            return null;
        });
    }

    @Test
    void watchesEndBeforeComponentsLoseTheirClients() throws Exception {
        Map<Object, Object> services = new ConcurrentHashMap<>();
        List<String> whenClientsWent = new CopyOnWriteArrayList<>();
        CompletableFuture<TestExchange> watch = new CompletableFuture<>();
        CountDownLatch serving = new CountDownLatch(1);
        BundleContext context = proxy(BundleContext.class, (proxy, method, given) -> {
            if (!method.getName().equals("registerService")) {
                return null;
            }
            services.put(given[0], given[1]);
            if (given[0].equals(Endpoint.class.getName())) {
                serving.countDown();
            }
            return proxy(ServiceRegistration.class, (registration, call, none) -> {
                if (given[0].equals(ApiClient.class.getName())) {
                    whenClientsWent.add("watch ended " + watch.get(1, TimeUnit.SECONDS).ended());
                }
                return null;
            });
        });
        Store store = new Store(EncryptionAtRest.none());
        Core.Policy policy = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
        Contributions contributions = kinds(policy);
        contributions.authenticators().add(
                c -> Optional.of(Caller.of("admin", List.of("system:masters"))), Map.of());
        try (MemoryDatastore datastore = new MemoryDatastore();
                Startup startup = new Startup(new Startup.Framework(context, health, health.scope("apiserver"),
                        bundle -> List.of(), why -> {
                        }), store, contributions, new ServerRunOptions(policy, "127.0.0.1", 6443, "10.43.0.1"))) {
            store.use(datastore);
            startup.begin();
            startup.agreed();
            assertThat(serving.await(1, TimeUnit.MINUTES)).isTrue();
            TestExchange exchange = new TestExchange("GET", "/api/v1/namespaces?watch=true", new byte[0]);
            ((Endpoint) services.get(Endpoint.class.getName())).serve(exchange);
            assertThat(exchange.status()).as(exchange.text()).isEqualTo(200);
            watch.complete(exchange);
        }
        assertThat(whenClientsWent).containsExactly("watch ended true");
    }
}
