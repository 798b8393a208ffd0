package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.codec.Yaml;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class CustomKindsTest {
    private static final Obj DEFINITION = Obj.of(Yaml.document("""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: crontabs.stable.example.com}
            spec:
              group: stable.example.com
              scope: Namespaced
              names: {plural: crontabs, singular: crontab, kind: CronTab, listKind: CronTabList}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            """.getBytes(StandardCharsets.UTF_8)).object()).with(Struct.of("conditions", Seq.of(Struct.of("type",
            "Established", "status", "True"), Struct.of("type", "NamesAccepted", "status", "True")), "acceptedNames",
            Struct.of("plural", "crontabs", "singular", "crontab", "kind", "CronTab", "listKind", "CronTabList")),
            "status");
    private final List<Object> registered = new ArrayList<>();
    private final List<Obj> updated = new ArrayList<>();

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (proxy, method, given) -> {
            registered.add(given[1]);
            return proxy(ServiceRegistration.class, (p, m, none) -> m.getName().equals("unregister")
                    ? registered.remove(given[1]) ? null : p : null);
        });
    }

    private ApiClient api(Supplier<View> view) {
        return proxy(ApiClient.class, (proxy, method, given) -> switch (method.getName()) {
            case "view" -> view.get();
            case "update" -> {
                updated.add((Obj) given[1]);
                yield given[1];
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    /// One definition is unreadable, so a list of all fails; a listener receives the others.
    private static View unreadable() {
        return proxy(View.class, (proxy, method, given) -> switch (method.getName()) {
            case "list" -> throw ApiFault.internal("customresourcedefinitions \"bad\" cannot be read");
            case "listen" -> {
                ((View.Listener) given[0]).changed(null, DEFINITION);
                yield null;
            }
            default -> null;
        });
    }

    @Test
    void anUnreadableDefinitionDoesNotAffectOthers() {
        CustomKinds kinds = new CustomKinds(api(CustomKindsTest::unreadable), context());
        assertThat(registered).as("before the engine of rules is bound").isEmpty();
        kinds.start();
        assertThat(registered).filteredOn(KindCatalog.class::isInstance).singleElement()
                .satisfies(c -> assertThat(((KindCatalog) c).kinds()).hasSize(1));
        kinds.stop();
        assertThat(registered).isEmpty();
    }

    /// One that wants the kind of [#DEFINITION].
    private static Obj waiting(String plural) {
        return DEFINITION.with(plural + ".stable.example.com", "metadata", "name")
                .with(plural, "spec", "names", "plural").with(Struct.EMPTY, "status");
    }

    private static View listening(List<View.Listener> listeners) {
        return proxy(View.class, (proxy, method, given) -> switch (method.getName()) {
            case "list" -> List.of(DEFINITION);
            case "listen" -> {
                listeners.add((View.Listener) given[0]);
                yield null;
            }
            default -> null;
        });
    }

    @Test
    void aNameThatIsGivenUpGoesToAnother() {
        Obj waiting = waiting("crons");
        List<View.Listener> listeners = new ArrayList<>();
        CustomKinds kinds = new CustomKinds(api(() -> listening(listeners)), context());
        kinds.start();
        listeners.getFirst().changed(null, waiting);
        Obj refused = updated.getLast();
        listeners.getFirst().changed(waiting, refused);
        assertThat(DefinitionStatus.refused(refused)).isTrue();
        assertThat(updated).as("a definition that is as it should be is not written").containsExactly(refused);
        listeners.getFirst().changed(DEFINITION, null);
        assertThat(updated).hasSize(2);
        assertThat(DefinitionStatus.refused(updated.getLast())).isFalse();
        assertThat(updated.getLast().status().struct("acceptedNames").text("kind")).isEqualTo("CronTab");
        kinds.stop();
    }

    @Test
    void aNameThatIsGivenUpGoesToOneOnlyOfThoseThatWait() {
        List<View.Listener> listeners = new ArrayList<>();
        CustomKinds kinds = new CustomKinds(api(() -> listening(listeners)), context());
        kinds.start();
        for (Obj waiting : List.of(waiting("crons"), waiting("timers"))) {
            listeners.getFirst().changed(null, waiting);
            listeners.getFirst().changed(waiting, updated.getLast());
        }
        updated.clear();
        listeners.getFirst().changed(DEFINITION, null);
        assertThat(updated).as("before the view tells of the first one").filteredOn(d -> !DefinitionStatus.refused(d))
                .hasSize(1);
        kinds.stop();
    }

    @Test
    void cleansUpWhenActivationFails() {
        ApiClient away = api(() -> {
            throw ApiFault.unavailable("not yet");
        });
        CustomKinds kinds = new CustomKinds(away, context());
        assertThatThrownBy(kinds::start).isInstanceOf(ApiFault.class);
        assertThat(registered).isEmpty();
    }
}
