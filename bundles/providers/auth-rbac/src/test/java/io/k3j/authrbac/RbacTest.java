package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.clientapi.View;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which permissions hold while the server is behind, or a stored object is unreadable.
class RbacTest {
    private static final Attributes GET_PODS = new Attributes("get", "", "v1", "pods", "", "a", "p", "");
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private boolean failing;
    private int looks;
    private final Rbac rbac = new Rbac(proxy(ApiClient.class, api));

    @AfterEach
    void close() {
        rbac.stop();
        api.close();
    }

    /// The fake API, whose views fail to list while `failing` is set.
    private <T> T proxy(Class<T> type, T real) {
        Class<?>[] types = {type};
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), types, (p, method, arguments) -> {
            if (failing && method.getName().equals("list")) {
                throw new ApiFault(504, "Timeout", "the log is behind", Struct.EMPTY);
            }
            looks += method.getName().equals("readable") ? 1 : 0;
            try {
                Object result = method.invoke(real, arguments);
                return result instanceof View view ? proxy(View.class, view) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private boolean joeMayRead() {
        return rbac.index().reason(Caller.of("joe", List.of()), GET_PODS).isPresent();
    }

    private void grant() {
        BootstrapPolicyText.parse(List.of("ClusterRole own", "  get core pods", "ClusterRoleBinding own own u:joe"),
                FeatureGates.NONE)
                .forEach(w -> api.seed(w.resource(), w.object()));
        api.deliver();
    }

    @Test
    void aRevocationIsNotLostWhileTheServerIsBehind() {
        grant();
        assertThat(joeMayRead()).isTrue();
        failing = true;
        api.vanish(Rbac.CLUSTER_BINDINGS, Key.of("own"));
        api.deliver();
        assertThat(joeMayRead()).isFalse();
    }

    @Test
    void aChangeIsTakenInWithoutALookAtAllOthers() {
        grant();
        looks = 0;
        api.vanish(Rbac.CLUSTER_BINDINGS, Key.of("own"));
        api.deliver();
        assertThat(joeMayRead()).isFalse();
        grant();
        assertThat(joeMayRead()).isTrue();
        assertThat(looks).isZero();
    }

    @Test
    void whatIsThereHoldsBeforeItWasTold() {
        BootstrapPolicyText.parse(List.of("ClusterRole own", "  get core pods", "ClusterRoleBinding own own u:joe"),
                FeatureGates.NONE)
                .forEach(w -> api.seed(w.resource(), w.object()));
        assertThat(joeMayRead()).isTrue();
    }

    @Test
    void grantsReadableRolesDespiteUnreadableOnes() {
        failing = true;
        grant();
        assertThat(joeMayRead()).isTrue();
    }

    @Test
    void aggregationToleratesUnreadableRoles() {
        failing = true;
        try (Aggregation aggregation = new Aggregation(rbac, Health.none())) {
            assertThatCode(aggregation::begin).doesNotThrowAnyException();
        }
    }
}
