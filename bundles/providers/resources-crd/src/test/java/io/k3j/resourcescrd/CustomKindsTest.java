package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.View;
import io.k3j.codec.Yaml;
import io.k3j.componentapi.Health;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    private final ManualClock clock = new ManualClock();
    private final List<Object> registered = new ArrayList<>();
    private final List<Obj> updated = new ArrayList<>();
    private long revision;

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
                updated.add(((Obj) given[1]).withRevision(++revision));
                yield updated.getLast();
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private CustomKinds kinds(ApiClient api) {
        return new CustomKinds(api, context(), Health.none(), clock);
    }

    /// Tells of a change, and lets all that follows from it happen.
    private static void tell(CustomKinds kinds, View.Listener listener, @Nullable Obj before, @Nullable Obj after) {
        listener.changed(before, after);
        settle(kinds);
    }

    private static void settle(CustomKinds kinds) {
        boolean more = true;
        while (more) {
            more = kinds.step();
        }
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
        CustomKinds kinds = kinds(api(CustomKindsTest::unreadable));
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
        CustomKinds kinds = kinds(api(() -> listening(listeners)));
        kinds.start();
        tell(kinds, listeners.getFirst(), null, waiting);
        Obj refused = updated.getLast();
        tell(kinds, listeners.getFirst(), waiting, refused);
        assertThat(DefinitionStatus.refused(refused)).isTrue();
        assertThat(updated).as("a definition that is as it should be is not written").containsExactly(refused);
        tell(kinds, listeners.getFirst(), DEFINITION, null);
        assertThat(updated).hasSize(2);
        assertThat(DefinitionStatus.refused(updated.getLast())).isFalse();
        assertThat(updated.getLast().status().struct("acceptedNames").text("kind")).isEqualTo("CronTab");
        kinds.stop();
    }

    @Test
    void aNameThatIsGivenUpGoesToOneOnlyOfThoseThatWait() {
        List<View.Listener> listeners = new ArrayList<>();
        CustomKinds kinds = kinds(api(() -> listening(listeners)));
        kinds.start();
        for (Obj waiting : List.of(waiting("crons"), waiting("timers"))) {
            tell(kinds, listeners.getFirst(), null, waiting);
            tell(kinds, listeners.getFirst(), waiting, updated.getLast());
        }
        updated.clear();
        tell(kinds, listeners.getFirst(), DEFINITION, null);
        assertThat(updated).as("before the view tells of the first one").filteredOn(d -> !DefinitionStatus.refused(d))
                .hasSize(1);
        kinds.stop();
    }

    /// What the API refuses is not the end of it.
    @Test
    void aDefinitionWhoseStatusCouldNotBeWrittenIsEstablishedLater() {
        try (FakeApi api = FakeApi.stepped(clock)) {
            Obj fresh = DEFINITION.with(Struct.EMPTY, "status");
            api.seed(Definition.RESOURCE, fresh);
            CustomKinds kinds = kinds(api);
            kinds.start();
            api.deliver();
            api.refuse("update", Definition.RESOURCE, ApiFault.unavailable("the datastore is away"));
            settle(kinds);
            assertThat(new Definition(api.get(Definition.RESOURCE, fresh.key()), new Schemas()).holds("Established"))
                    .isFalse();
            clock.advance(Duration.ofSeconds(1));
            settle(kinds);
            assertThat(new Definition(api.get(Definition.RESOURCE, fresh.key()), new Schemas()).holds("Established"))
                    .isTrue();
            assertThat(registered).filteredOn(KindCatalog.class::isInstance).singleElement()
                    .satisfies(c -> assertThat(((KindCatalog) c).kinds()).hasSize(1));
            kinds.stop();
        }
    }

    @Test
    void aDefinitionThatIsDeletedGoesWithItsRows() {
        try (FakeApi api = FakeApi.stepped(clock)) {
            api.serve(new ApiResource(new Gvr("stable.example.com", "v1", "crontabs"), "CronTab", true,
                    List.of("delete", "list")), false);
            api.seed(Definition.RESOURCE,
                    DEFINITION.with(Seq.of(Definition.FINALIZER), "metadata", "finalizers"));
            CustomKinds kinds = kinds(api);
            kinds.start();
            api.deliver();
            settle(kinds);
            api.delete(Definition.RESOURCE, DEFINITION.key(), DeleteOptions.PLAIN);
            api.deliver();
            settle(kinds);
            clock.advance(Duration.ofSeconds(2));
            settle(kinds);
            assertThat(api.find(Definition.RESOURCE, DEFINITION.key())).isEmpty();
            api.deliver();
            assertThat(registered).filteredOn(KindCatalog.class::isInstance).singleElement()
                    .satisfies(c -> assertThat(((KindCatalog) c).kinds()).isEmpty());
            kinds.stop();
        }
    }

    @Test
    void cleansUpWhenActivationFails() {
        ApiClient away = api(() -> {
            throw ApiFault.unavailable("not yet");
        });
        CustomKinds kinds = kinds(away);
        assertThatThrownBy(kinds::start).isInstanceOf(ApiFault.class);
        assertThat(registered).isEmpty();
    }
}
