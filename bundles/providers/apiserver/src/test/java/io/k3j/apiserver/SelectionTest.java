package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Lists by selectors return what matching every decoded object would return.
class SelectionTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final String[] KEYS = {"app", "tier", "k8s.io/name", "q\"uote\\", "ümlaut"};
    private static final String[] VALUES = {"a", "b", "web", "", "1", "20", "back\\slash", "x,y"};
    private static final String[] SELECTORS = {"app", "!app", "app=a", "app!=a", "app in (a,b,web)",
            "app notin (a,b)", "tier,app=web", "app=,tier", "tier>1", "tier<20", "k8s.io/name=b,!tier", "app=none",
            "!app,!tier,!k8s.io/name", "none", "!none", "app=a,app=b", "app in (a,b),app!=a", ""};
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TestServer server = new TestServer();
    private final TreeMap<String, Long> revisions = new TreeMap<>();

    @AfterEach
    void close() {
        server.close();
    }

    private void write(String name) {
        Struct.Builder labels = Struct.builder();
        for (int n = random.nextInt(5); n > 0; n--) {
            labels.put(KEYS[random.nextInt(KEYS.length)], VALUES[random.nextInt(VALUES.length)]);
        }
        Struct.Builder metadata = Struct.builder().put("name", name).put("namespace", "a")
                .put("annotations", Struct.of("labels", "{\"app\":\"a\"}"));
        if (random.nextInt(8) > 0) {
            metadata.put("labels", labels.build());
        }
        metadata.put("managedFields", List.of(Struct.of("manager", "m", "labels", Struct.of("app", "a"))));
        byte[] bytes = Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata.build(), "spec",
                Struct.of("nodeName", "n" + random.nextInt(3)), "labels", Struct.of("app", "a")));
        String key = "/registry/pods/a/" + name;
        CommitResult done = server.store.commit(key, revisions.getOrDefault(name, 0L), bytes, Duration.ZERO);
        revisions.put(name, ((CommitResult.Committed) done).revision());
    }

    private void delete(String name) {
        server.store.delete("/registry/pods/a/" + name, revisions.remove(name));
    }

    private List<String> expected(Selector labels, FieldSelector fields) {
        List<String> all = new ArrayList<>();
        server.server.storage().log().newest().tree().visit("/registry/pods/", (key, item) -> {
            Obj o = Obj.stored(Json.object(item.bytes()), item.revision());
            if (labels.matches(o.labels()) && fields.matches(f -> o.spec().text("nodeName"))) {
                all.add(o.name());
            }
            return true;
        });
        return all;
    }

    private List<String> listed(String labels, String fields, int limit) throws IOException {
        List<String> all = new ArrayList<>();
        String token = "";
        do {
            TestExchange x = server.get("/api/v1/pods?labelSelector=" + encoded(labels) + "&fieldSelector="
                    + encoded(fields) + (limit == 0 ? "" : "&limit=" + limit + "&continue=" + token));
            assertThat(x.status()).as(x.text()).isEqualTo(200);
            Struct page = Json.object(x.bytes());
            page.seq("items").structs().forEach(i -> all.add(i.struct("metadata").text("name")));
            assertThat(limit == 0 || page.seq("items").size() <= limit).isTrue();
            token = page.struct("metadata").text("continue");
        } while (!token.isEmpty());
        return all;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void matchesTheResultOfDecodingEverything() throws IOException {
        LocalClient local = new LocalClient(server.server.local(), user -> {
            throw new IllegalArgumentException(user);
        }, Caller.of("admin", List.of("system:masters")), new ViewKeeper());
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 200; i++) {
                String name = "p" + random.nextInt(400);
                if (revisions.containsKey(name) && random.nextInt(4) == 0) {
                    delete(name);
                } else {
                    write(name);
                }
            }
            // of deletions, too, which leave no revision behind
            server.server.storage().log().atLeast(server.store.call(Datastore::revision), 60_000);
            for (String text : SELECTORS) {
                for (String field : List.of("", "spec.nodeName=n1", "spec.nodeName!=n1")) {
                    Selector labels = Selector.parse(text);
                    FieldSelector fields = FieldSelector.parse(field);
                    List<String> expected = expected(labels, fields);
                    String what = "seed " + seed + ": " + text + " " + field;
                    assertThat(listed(text, field, 0)).as(what).isEqualTo(expected);
                    assertThat(listed(text, field, 1 + random.nextInt(40))).as(what).isEqualTo(expected);
                    assertThat(local.view(PODS, new Query("", labels, fields)).list()).as(what)
                            .extracting(Obj::name).isEqualTo(expected);
                }
            }
        }
        Selector odd = Selector.ofLabels(Map.of("q\"uote\\", "back\\slash"));
        assertThat(local.list(PODS, Query.ALL.labelled(odd)).items()).as("seed " + seed).extracting(Obj::name)
                .isEqualTo(expected(odd, FieldSelector.EVERYTHING));
    }

    @Test
    void followsChangesOfSelectableFields() throws IOException {
        String path = "/apis/a.com/v1/namespaces/n/foos";
        Gvk gvk = Gvk.of("a.com/v1", "Foo");
        ResourceKind foo = new ResourceKind(Gvr.of("a.com/v1", "foos"), gvk,
                new ResourceKind.Names("foo", List.of(), List.of()), true,
                Set.of("create", "get", "list", "watch"), List.of(),
                new ResourceKind.Storage("/registry/a.com/foos/", gvk), Shape.ANY, List.of(),
                new ResourceKind.Strategy(true, false, false, true, false));
        server.contributions.kinds().put(new KindCatalog() {
            @Override
            public Collection<ResourceKind> kinds() {
                return List.of(foo);
            }
        }, Map.of());
        String[] selectable = {""};
        server.contributions.kinds().put(new TestKinds.Hooks() {
            @Override
            public Optional<String> field(Gvk kind, Obj object, String field) {
                return field.equals(selectable[0]) ? Optional.of(object.tree().text(field)) : Optional.empty();
            }
        }, Map.of());
        for (String size : List.of("s", "m", "l")) {
            server.call("POST", path, "{\"apiVersion\":\"a.com/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"" + size
                    + "\"},\"size\":\"" + size + "\"}");
        }
        assertThat(server.get(path + "?fieldSelector=size%3Dm").status()).isEqualTo(400);
        selectable[0] = "size";
        assertThat(Json.object(server.get(path + "?fieldSelector=size%3Dm").bytes()).seq("items").size()).isOne();
        selectable[0] = "color";
        assertThat(server.get(path + "?fieldSelector=size%3Dm").status()).isEqualTo(400);
    }
}
