package com.example.namespaceuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.Query;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.testkit.ListerContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Keeps what everybody promises who shows objects that are not stored, and counts pods.
class UseListerTest extends ListerContract {
    private static final Map<String, List<Obj>> PODS = Map.of("shop", List.of(pod("Running"), pod("Running"),
            pod("Pending")));
    private final Lister lister = new UseLister(
            () -> List.of(namespace("shop", Struct.of("team", "a")), namespace("bank", Struct.EMPTY)),
            namespace -> PODS.getOrDefault(namespace, List.of()));

    private static Obj namespace(String name, Struct labels) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", name, "labels", labels)));
    }

    private static Obj pod(String phase) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("name", "p"), "status",
                Struct.of("phase", phase)));
    }

    @Override
    protected Lister lister() {
        return lister;
    }

    @Override
    protected Key present() {
        return Key.of("shop");
    }

    @Override
    protected Key absent() {
        return Key.of("gone");
    }

    @Test
    void countsThePodsOfANamespace() {
        assertThat(lister.get(present())).isEqualTo(Struct.of("apiVersion", "use.example.com/v1", "kind",
                "NamespaceUse", "metadata", Struct.of("name", "shop", "labels", Struct.of("team", "a")), "pods", 3,
                "running", 2));
        assertThat(lister.get(Key.of("bank")).whole("pods", -1)).isZero();
    }

    @Test
    void isSelectedByTheLabelsOfItsNamespace() {
        assertThat(lister.list(Query.ALL.labelled(Selector.parse("team=a"))))
                .extracting(object -> Obj.of(object).name()).containsExactly("shop");
    }
}
