package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KubeletServerTest {
    /// A pod that has a name still or now.
    private record Named(String uid) implements HostedPod {
        @Override
        public Obj pod() {
            return Obj.of(Struct.of("metadata", Struct.of("namespace", "ns", "name", "p", "uid", uid)));
        }

        @Override
        public PodRuntime runtime() {
            return PodRuntime.EMPTY;
        }
    }

    private final KubeletHost host = (KubeletHost) Proxy.newProxyInstance(KubeletHost.class.getClassLoader(),
            new Class<?>[] {KubeletHost.class}, (p, method, a) -> method.getName().equals("pods")
                    ? List.of(new Named("old"), new Named("new"))
                    : Optional.of(new Named("new")));

    @Test
    void aPathWithAUidNamesThePodOfThatUid() {
        assertThat(uid("exec", "ns", "p", "old", "c")).hasValue("old");
        assertThat(uid("attach", "ns", "p", "new", "c")).hasValue("new");
        assertThat(uid("run", "ns", "p", "none", "c")).isEmpty();
        assertThat(uid("run", "other", "p", "old", "c")).isEmpty();
        assertThat(uid("portForward", "ns", "p", "old")).hasValue("old");
    }

    @Test
    void aPathWithoutAUidNamesThePodThatHasTheName() {
        assertThat(uid("exec", "ns", "p", "old")).hasValue("new");
        assertThat(uid("portForward", "ns", "p")).hasValue("new");
        assertThat(uid("containerLogs", "ns", "p", "old")).hasValue("new");
    }

    private Optional<String> uid(String... path) {
        return KubeletServer.pod(host, List.of(path)).map(p -> p.pod().uid());
    }
}
