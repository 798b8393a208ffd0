package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Structural;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Custom resources whose versions somebody outside converts: how often that is asked, and who waits for it.
class RemoteConversionTest {
    private static final String V1 = "/apis/a.com/v1/namespaces/n/places";
    private static final String V2 = "/apis/a.com/v2/namespaces/n/places";
    private final TestServer server = new TestServer();
    /// How many objects each call had.
    private final List<Integer> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile boolean hanging;
    private volatile boolean broken;
    private volatile boolean remote = true;
    private volatile List<ResourceKind> rows = List.of(row("v1", "{hostPort: {type: string}}"),
            row("v2", "{host: {type: string}, port: {type: string}}"));
    private final KindCatalog catalog = () -> rows;

    private final class Converting extends TestKinds.Hooks {
        @Override
        public String group() {
            return "a.com";
        }

        @Override
        public boolean remote(Gvk kind) {
            return remote;
        }

        @Override
        public List<Struct> converted(List<Struct> objects, Gvk to) {
            calls.add(objects.size());
            if (hanging) {
                asked.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (broken) {
                throw new ApiFault(500, "", "conversion webhook failed", Struct.EMPTY);
            }
            return objects.stream().map(o -> swapped(o, to)).toList();
        }

        @Override
        public Struct converted(Struct object, Gvk to) {
            return converted(List.of(object), to).getFirst();
        }

        @Override
        public Optional<String> field(Gvk kind, Obj object, String field) {
            return Set.of("host", "port", "hostPort").contains(field) ? Optional.of(object.tree().text(field))
                    : Optional.empty();
        }
    }

    private static Struct swapped(Struct object, Gvk to) {
        Struct o = object.with("apiVersion", to.apiVersion());
        if (to.version().equals("v2")) {
            String[] parts = object.text("hostPort").split(":");
            return o.without("hostPort").with("host", parts[0]).with("port", parts[1]);
        }
        return o.without("host").without("port").with("hostPort", object.text("host") + ":" + object.text("port"));
    }

    private static ResourceKind row(String version, String properties) {
        Struct s = Yaml.document(("{type: object, properties: " + properties + "}").getBytes(StandardCharsets.UTF_8))
                .object();
        Gvk kind = new Gvk("a.com", version, "Place");
        return new ResourceKind(new Gvr("a.com", version, "places"), kind,
                new ResourceKind.Names("place", List.of(), List.of()), true,
                Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"), List.of(),
                new ResourceKind.Storage("/registry/a.com/places/", new Gvk("a.com", "v1", "Place")),
                Structural.shape(TestKinds.SCHEMAS, s),
                List.of(new ResourceKind.Column("Name", "string", "name", "The name.", 0, "")),
                new ResourceKind.Strategy(true, false, false, true, false));
    }

    @BeforeEach
    void define() {
        server.contributions.kinds().put(catalog, Map.of());
        server.contributions.kinds().put(new Converting(), Map.of());
    }

    @AfterEach
    void close() {
        end.countDown();
        server.close();
    }

    private void create(String name, String hostPort) throws IOException {
        assertThat(server.call("POST", V1, "{\"apiVersion\":\"a.com/v1\",\"kind\":\"Place\",\"metadata\":{\"name\":\""
                + name + "\"},\"hostPort\":\"" + hostPort + "\"}").status()).isEqualTo(201);
    }

    private List<String> names(String path) throws IOException {
        TestExchange answer = server.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Json.object(answer.bytes()).seq("items").structs().stream()
                .map(o -> o.struct("metadata").text("name") + " " + o.text("host") + " " + o.text("apiVersion"))
                .toList();
    }

    @Test
    void aPageTakesOneCallAndIsRememberedAfterwards() throws IOException {
        for (int i = 0; i < 20; i++) {
            create("p" + i, "h" + i + ":1");
        }
        assertThat(calls).as("what is of the stored version is not converted").isEmpty();
        assertThat(names(V2)).hasSize(20).contains("p7 h7 a.com/v2");
        assertThat(calls).containsExactly(20);
        names(V2);
        server.get(V2 + "/p7");
        assertThat(calls).containsExactly(20);
        names(V1);
        assertThat(calls).containsExactly(20);
    }

    @Test
    void whatIsWrittenInAnotherVersionIsAnsweredInIt() throws IOException {
        TestExchange made = server.call("POST", V2, "{\"apiVersion\":\"a.com/v2\",\"kind\":\"Place\",\"metadata\":"
                + "{\"name\":\"x\"},\"host\":\"h\",\"port\":\"80\"}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(Json.object(made.bytes()).text("host")).isEqualTo("h");
        assertThat(Json.object(server.get(V1 + "/x").bytes()).text("hostPort")).isEqualTo("h:80");
        TestExchange dry = server.serve(new TestExchange("PATCH", V2 + "/x?dryRun=All", "{\"port\":\"81\"}"
                .getBytes(StandardCharsets.UTF_8)).with("content-type", "application/merge-patch+json"));
        assertThat(Json.object(dry.bytes()).text("port")).as(dry.text()).isEqualTo("81");
        assertThat(Json.object(server.get(V2 + "/x").bytes()).text("port")).isEqualTo("80");
    }

    @Test
    void fieldsAreThoseOfTheVersionAskedFor() throws IOException {
        create("a", "one:1");
        create("b", "one:2");
        create("c", "two:1");
        assertThat(names(V2 + "?fieldSelector=host%3Done")).containsExactly("a one a.com/v2", "b one a.com/v2");
        assertThat(calls).as("objects are looked at many at once").containsExactly(3);
        assertThat(names(V2 + "?fieldSelector=host%3Done,port%3D2")).containsExactly("b one a.com/v2");
        assertThat(names(V1 + "?fieldSelector=hostPort%3Dtwo:1")).containsExactly("c  a.com/v1");
        TestExchange page = server.get(V2 + "?fieldSelector=host%3Done&limit=1");
        String token = Json.object(page.bytes()).struct("metadata").text("continue");
        assertThat(token).isNotEmpty();
        assertThat(names(V2 + "?fieldSelector=host%3Done&limit=1&continue=" + token))
                .containsExactly("b one a.com/v2");
    }

    private static Struct event(TestExchange watch) throws InterruptedException {
        return Json.object(watch.line().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anEventIsConvertedOnceForAllWatches() throws Exception {
        create("first", "h:1");
        List<TestExchange> watches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            watches.add(server.get(V2 + "?watch=1&fieldSelector=host%3Dh"));
        }
        create("x", "h:2");
        for (TestExchange w : watches) {
            assertThat(event(w).struct("object").text("port")).isEqualTo("1");
            Struct added = event(w);
            assertThat(added.text("type")).isEqualTo("ADDED");
            assertThat(added.struct("object").text("port")).isEqualTo("2");
        }
        assertThat(calls).containsExactly(1, 1);
        server.serve(new TestExchange("PATCH", V1 + "/x", "{\"hostPort\":\"other:2\"}"
                .getBytes(StandardCharsets.UTF_8)).with("content-type", "application/merge-patch+json"));
        Struct gone = event(watches.getFirst());
        assertThat(gone.text("type")).as("it is not selected any more").isEqualTo("DELETED");
        assertThat(gone.struct("object").text("host")).isEqualTo("h");
    }

    @Test
    void aConversionThatFailsIsTheErrorOfWhoAsked() throws Exception {
        create("a", "h:1");
        TestExchange watch = server.get(V2 + "?watch=1&resourceVersion=" + Json.object(server.get(V1).bytes())
                .struct("metadata").text("resourceVersion"));
        broken = true;
        TestExchange get = server.get(V2 + "/a");
        assertThat(get.status()).isEqualTo(500);
        assertThat(get.text()).contains("conversion webhook failed");
        assertThat(server.get(V2).status()).isEqualTo(500);
        assertThat(server.get(V1 + "/a").status()).isEqualTo(200);
        assertThat(server.serve(new TestExchange("GET", V2, new byte[0]).with("accept",
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")).status())
                .as("metadata are as stored").isEqualTo(200);
        create("b", "h:2");
        assertThat(event(watch).text("type")).isEqualTo("ERROR");
        broken = false;
        assertThat(names(V2)).as("a failure is not remembered").hasSize(2);
    }

    @Test
    void whoWaitsForAConversionHasNoSeatAndHoldsNoWatchUp() throws Exception {
        create("a", "h:1");
        TestExchange converted = server.get(V2 + "?watch=1&resourceVersion=" + Json.object(server.get(V1).bytes())
                .struct("metadata").text("resourceVersion"));
        TestExchange plain = server.get(V1 + "?watch=1");
        assertThat(event(plain).text("type")).isEqualTo("ADDED");
        hanging = true;
        int many = Seats.READS + 10;
        server.everybody();
        AtomicInteger done = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            // of one user fewer may wait at once
            String user = "Bearer jane-" + i;
            all.add(Thread.ofVirtual().start(() -> {
                try {
                    done.addAndGet(server.serve(new TestExchange("GET", V2 + "/a", new byte[0])
                            .with("authorization", user)).status() == 200 ? 1 : 0);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(server.serve(new TestExchange("GET", V1 + "/a", new byte[0]).with("authorization", "Bearer jane"))
                .status()).isEqualTo(200);
        create("b", "h:2");
        assertThat(event(plain).struct("object").struct("metadata").text("name")).isEqualTo("b");
        hanging = false;
        end.countDown();
        for (Thread t : all) {
            t.join();
        }
        assertThat(done).hasValue(many);
        assertThat(event(converted).struct("object").text("port")).isEqualTo("2");
    }

    @Test
    void aWatchEndsWhenItsKindComesToBeConverted() throws Exception {
        remote = false;
        TestExchange watch = server.get(V1 + "?watch=1&resourceVersion=1");
        create("a", "h:1");
        assertThat(event(watch).text("type")).isEqualTo("ADDED");
        remote = true;
        rows = List.of(row("v1", "{hostPort: {type: string}}"), row("v2", "{host: {type: string}}"));
        server.contributions.kinds().put(catalog, Map.of());
        create("b", "h:2");
        assertThat(watch.line()).isEqualTo("end");
    }
}
