package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitbase.Waiting;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// What a start finds and leaves of the bootstrap roles.
class BootstrapStartTest {
    private static final Set<String> QUESTIONS = Set.of("find", "get", "list");
    private final FakeApi api = FakeApi.live();
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void first() throws InterruptedException {
        start();
    }

    @AfterEach
    void close() {
        api.close();
    }

    /// A start, until it says that roles and bindings are there, and a stop.
    private void start() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        Rbac rbac = new Rbac(counted());
        BootstrapPolicy policy = new BootstrapPolicy(rbac, context(ready), FeatureGates.NONE, Health.none());
        Waiting.until("roles and bindings", () -> ready.getCount() == 0);
        policy.stop();
        rbac.stop();
    }

    private static BundleContext context(CountDownLatch ready) {
        return (BundleContext) Proxy.newProxyInstance(BootstrapStartTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (p, method, arguments) -> {
                    ready.countDown();
                    return Proxy.newProxyInstance(BootstrapStartTest.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class}, (r, end, nothing) -> null);
                });
    }

    /// The API; how often it is asked what there is goes to `asked`.
    private ApiClient counted() {
        return (ApiClient) Proxy.newProxyInstance(BootstrapStartTest.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (p, method, arguments) -> {
                    if (QUESTIONS.contains(method.getName())) {
                        asked.incrementAndGet();
                    }
                    try {
                        return method.invoke(api, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Optional<Obj> basicUser() {
        return api.find(Rbac.CLUSTER_ROLES, Key.of("system:basic-user"));
    }

    @Test
    void theFirstStartMakesAllOfThem() {
        for (BootstrapPolicyText.Wanted w : BootstrapPolicy.wanted(FeatureGates.NONE)) {
            assertThat(api.find(w.resource(), w.object().key())).as("%s", w.object().key()).isPresent();
        }
    }

    /// Of a datastore that other servers write to as well, each question is one that has to be waited for. What is
    /// written are the roles that gather the rules of others, which takes several looks.
    @Test
    void aStartWithAllOfThemAsksLittleAndMakesNothing() throws InterruptedException {
        List<String> before = made();
        asked.set(0);
        start();
        assertThat(made()).isEqualTo(before);
        assertThat(asked.get()).isLessThan(5);
    }

    private List<String> made() {
        return api.calls().stream().filter(call -> call.startsWith("create")).toList();
    }

    @Test
    void whatWasRemovedIsMadeAgain() throws InterruptedException {
        api.vanish(Rbac.CLUSTER_ROLES, Key.of("system:basic-user"));
        start();
        assertThat(basicUser()).isPresent();
        assertThat(api.list(Rbac.CLUSTER_ROLES, Query.ALL).items()).extracting(Obj::name).doesNotHaveDuplicates();
    }

    @Test
    void rulesThatWereTakenAwayComeBackUnlessTheRoleSaysOtherwise() throws InterruptedException {
        Obj whole = basicUser().orElseThrow();
        api.seed(Rbac.CLUSTER_ROLES, whole.without("rules"));
        start();
        assertThat(basicUser().orElseThrow().tree().seq("rules")).isEqualTo(whole.tree().seq("rules"));
        api.seed(Rbac.CLUSTER_ROLES, basicUser().orElseThrow().without("rules").with("false", "metadata", "annotations",
                "rbac.authorization.kubernetes.io/autoupdate"));
        start();
        assertThat(basicUser().orElseThrow().tree().seq("rules").isEmpty()).isTrue();
    }

    @Test
    void aRefusedWriteIsTriedAgain() throws InterruptedException {
        api.vanish(Rbac.CLUSTER_ROLES, Key.of("system:basic-user"));
        api.refuse("create", Rbac.CLUSTER_ROLES, ApiFault.unavailable("not now"));
        start();
        assertThat(basicUser()).isPresent();
    }
}
