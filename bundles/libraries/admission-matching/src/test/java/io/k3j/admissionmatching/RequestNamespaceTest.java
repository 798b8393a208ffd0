package io.k3j.admissionmatching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// By which labels of its namespace a request is selected.
class RequestNamespaceTest {
    private static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final RequestNamespace namespaces = new RequestNamespace(api);
    private final RequestMatcher matcher = new RequestMatcher(namespaces);

    @AfterEach
    void close() {
        namespaces.close();
        api.close();
    }

    private static Struct namespace(String team) {
        return Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", Struct.of("team", team)));
    }

    private static Write write(Operation operation, String resource, String kind, Key key, Struct before) {
        Gvk gvk = Gvk.of("v1", kind);
        ResourceKind row = new ResourceKind(Gvr.of("v1", resource), gvk,
                new ResourceKind.Names("", List.of(), List.of()), !kind.equals("Namespace"), Set.of(), List.of(),
                new ResourceKind.Storage("/registry/" + resource + "/", gvk), Shape.ANY, List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, row, "", key, before.isEmpty() ? Optional.empty() : Optional.of(before),
                Caller.ANONYMOUS, false, Struct.EMPTY);
    }

    private static Write configMap() {
        return write(Operation.CREATE, "configmaps", "ConfigMap", new Key("default", "c"), Struct.EMPTY);
    }

    private boolean selected(String team, Write write, Struct object) {
        return matcher.matched(MatchCriteria.of(Struct.of("namespaceSelector",
                Struct.of("matchLabels", Struct.of("team", team)))), write, object).isPresent();
    }

    @Test
    void isThatOfTheViewWithoutAQuestionToTheDatastore() {
        api.seed(NAMESPACES, Obj.of(namespace("a")));
        assertThat(selected("a", configMap(), Struct.EMPTY)).isTrue();
        api.refuse("get", NAMESPACES, ApiFault.unavailable("the datastore is away"));
        assertThat(selected("a", configMap(), Struct.EMPTY)).isTrue();
        assertThat(selected("b", configMap(), Struct.EMPTY)).isFalse();
    }

    @Test
    void isLookedForWhereTheViewDoesNotShowItYet() {
        assertThatThrownBy(() -> selected("a", configMap(), Struct.EMPTY))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(404));
        api.seed(NAMESPACES, Obj.of(namespace("a")));
        assertThat(selected("a", configMap(), Struct.EMPTY)).isTrue();
    }

    @Test
    void staysTheSameWithinOneTryOfAWrite() {
        api.seed(NAMESPACES, Obj.of(namespace("a")));
        Write write = configMap();
        assertThat(selected("a", write, Struct.EMPTY)).isTrue();
        api.seed(NAMESPACES, Obj.of(namespace("b")));
        while (api.deliver()) {
            assertThat(selected("a", write, Struct.EMPTY)).isTrue();
        }
        assertThat(selected("b", configMap(), Struct.EMPTY)).isTrue();
    }

    @Test
    void ofANamespaceIsThatItself() {
        Key key = Key.of("default");
        Write create = write(Operation.CREATE, "namespaces", "Namespace", key, Struct.EMPTY);
        assertThat(RequestMatcher.namespace(create)).isEqualTo("default");
        assertThat(selected("a", create, namespace("a"))).isTrue();
        assertThat(selected("a", write(Operation.DELETE, "namespaces", "Namespace", key, namespace("a")),
                Struct.EMPTY)).isTrue();
    }
}
