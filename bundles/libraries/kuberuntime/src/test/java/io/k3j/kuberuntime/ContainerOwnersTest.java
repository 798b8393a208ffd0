package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Whose container an event of the runtime is about.
class ContainerOwnersTest {
    private final Map<String, Container> containers = new HashMap<>();
    private boolean away;
    private int asked;
    private final ContainerOwners owners = new ContainerOwners((ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class},
            (p, method, a) -> answer(method.getName(), (String) a[0])));

    private Object answer(String method, String id) {
        if (away) {
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "planted");
        }
        asked++;
        return method.equals("container") ? Optional.ofNullable(containers.get(id)) : Optional.empty();
    }

    private void container(String id, String uid) {
        containers.put(id, new Container(id, "s", "c", 0, Container.State.RUNNING, "i", Map.of(Labels.POD_UID, uid),
                Map.of(), Container.End.NONE));
    }

    @Test
    void whatCouldNotBeLookedUpIsAskedForAgain() {
        container("c1", "u1");
        away = true;
        assertThatThrownBy(() -> owners.uid("c1")).isInstanceOf(RuntimeFault.class);
        away = false;
        assertThat(owners.uid("c1")).isEqualTo("u1");
    }

    @Test
    void whatIsKnownIsNotAskedForAgainUntilItIsForgotten() {
        container("c1", "u1");
        assertThat(owners.uid("c1")).isEqualTo("u1");
        assertThat(owners.uid("none")).isEmpty();
        away = true;
        assertThat(owners.uid("c1")).isEqualTo("u1");
        assertThat(owners.uid("none")).isEmpty();
        assertThat(asked).isEqualTo(3);
        owners.forget("c1");
        assertThatThrownBy(() -> owners.uid("c1")).isInstanceOf(RuntimeFault.class);
    }
}
