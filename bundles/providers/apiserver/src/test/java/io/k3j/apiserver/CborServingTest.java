package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apiwatches.Watches;
import io.k3j.cbor.Cbor;
import io.k3j.codec.Json;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies and answers in CBOR, where the gate is on and where it is off.
class CborServingTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String CBOR = "application/cbor";
    private final Cbor cbor = new Cbor(new Schemas());
    private final TestServer server = new TestServer(new MemoryDatastore(),
            new Core.Policy(Set.of(), Set.of(), Set.of(),
                    AnonymousAuth.NOWHERE, false, 600, false, Watches.LEAST, 0, CorsOrigins.NONE, StrictTransport.NONE,
                    true));

    @AfterEach
    void close() {
        server.close();
    }

    private static Struct map(String name) {
        return Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Struct.of("name", name), "data",
                Struct.of("k", "v"), "binaryData", Struct.of("b", "AQID"));
    }

    private TestExchange send(String method, String path, byte[] body, String type) throws IOException {
        return server.serve(new TestExchange(method, path, body).with("content-type", type).with("accept", CBOR));
    }

    private TestExchange get(String path, String accept) throws IOException {
        return server.serve(new TestExchange("GET", path, new byte[0]).with("accept", accept));
    }

    private static Struct answer(TestExchange exchange, int status) {
        assertThat(exchange.status()).isEqualTo(status);
        assertThat(exchange.answered("content-type")).isEqualTo(CBOR);
        return Cbor.object(exchange.bytes());
    }

    @Test
    void anObjectIsTakenAndGivenInCbor() throws IOException {
        Struct created = answer(send("POST", MAPS, cbor.bytes(map("one")), CBOR), 201);
        assertThat(created.struct("data")).isEqualTo(Struct.of("k", "v"));
        assertThat(created.struct("metadata").text("uid")).isNotEmpty();
        TestExchange read = get(MAPS + "/one", CBOR);
        assertThat(answer(read, 200)).isEqualTo(Json.object(get(MAPS + "/one", "application/json").bytes()));
        assertThat(Cbor.described(read.bytes())).isTrue();
        assertThat(answer(send("PUT", MAPS + "/one", cbor.bytes(created.withAt("w", "data", "k")), CBOR), 200)
                .struct("data").text("k")).isEqualTo("w");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";as=Table;v=v1;g=meta.k8s.io", ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"})
    void aListIsTheSameAsInJson(String as) throws IOException {
        for (String name : List.of("one", "two", "three")) {
            send("POST", MAPS, cbor.bytes(map(name)), CBOR);
        }
        assertThat(answer(get(MAPS, CBOR + as), 200))
                .isEqualTo(Json.object(get(MAPS, "application/json" + as).bytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";as=Table;v=v1;g=meta.k8s.io", ";as=PartialObjectMetadata;v=v1;g=meta.k8s.io"})
    void aWatchIsASequenceOfEvents(String as) throws Exception {
        send("POST", MAPS, cbor.bytes(map("one")), CBOR);
        TestExchange watch = get(MAPS + "?watch=1", CBOR + as);
        assertThat(watch.line()).isNotEqualTo("nothing");
        assertThat(watch.answered("content-type")).isEqualTo("application/cbor-seq");
        Struct event = Cbor.object(watch.bytes());
        assertThat(event.text("type")).isEqualTo("ADDED");
        Struct json = Json.object(get(MAPS + "?watch=1&timeoutSeconds=1", "application/json" + as).bytes());
        assertThat(event).isEqualTo(json);
        int first = watch.bytes().length;
        send("DELETE", MAPS + "/one", new byte[0], CBOR);
        watch.line();
        byte[] all = watch.bytes();
        assertThat(Cbor.object(Arrays.copyOfRange(all, first, all.length)).text("type")).isEqualTo("DELETED");
    }

    @Test
    void anApplyIsTakenInCbor() throws IOException {
        Struct applied = answer(send("PATCH", MAPS + "/one?fieldManager=me", cbor.bytes(map("one")),
                "application/apply-patch+cbor"), 201);
        assertThat(applied.struct("metadata").seq("managedFields").struct(0).text("operation")).isEqualTo("Apply");
    }

    @Test
    void unknownFieldsAreRefusedOrWarnedOfAsInJson() throws IOException {
        byte[] odd = cbor.bytes(map("one").with("odd", 1));
        assertThat(answer(send("POST", MAPS + "?fieldValidation=Strict", odd, CBOR), 400).text("message"))
                .contains("strict decoding error: unknown field \"odd\"");
        TestExchange warned = send("POST", MAPS, odd, CBOR);
        assertThat(answer(warned, 201).has("odd")).isFalse();
        assertThat(warned.answered("warning")).contains("unknown field \\\"odd\\\"");
    }

    @Test
    void optionsOfADeletionAreTakenInCbor() throws IOException {
        send("POST", MAPS, cbor.bytes(map("one")), CBOR);
        byte[] other = cbor.bytes(Struct.of("apiVersion", "v1", "kind", "DeleteOptions", "preconditions",
                Struct.of("uid", "another")));
        assertThat(answer(send("DELETE", MAPS + "/one", other, CBOR), 409).text("kind")).isEqualTo("Status");
    }

    @Test
    void aRefusalIsToldInCbor() throws IOException {
        assertThat(answer(get(MAPS + "/missing", CBOR), 404).text("reason")).isEqualTo("NotFound");
        assertThat(answer(send("POST", MAPS, new byte[] {(byte) 0xa2, 0x61, 'a', 1, 0x61, 'a', 2}, CBOR), 400)
                .text("message")).contains("cbor: found duplicate map key \"a\"");
        assertThat(answer(send("POST", MAPS, new byte[] {1}, "text/plain"), 415).text("message")).contains(CBOR);
    }

    @Test
    void nothingIsSaidOfItWhereTheGateIsOff() throws IOException {
        try (TestServer off = new TestServer()) {
            TestExchange sent = off.serve(new TestExchange("POST", MAPS, cbor.bytes(map("one")))
                    .with("content-type", CBOR).with("accept", CBOR + ",application/json"));
            assertThat(sent.status()).isEqualTo(415);
            assertThat(sent.text()).contains("accepted media types include").doesNotContain("cbor");
            assertThat(off.serve(new TestExchange("PATCH", MAPS + "/one?fieldManager=me", cbor.bytes(map("one")))
                    .with("content-type", "application/apply-patch+cbor")).status()).isEqualTo(415);
            assertThat(off.serve(new TestExchange("DELETE", MAPS + "/one", cbor.bytes(map("one")))
                    .with("content-type", CBOR)).status()).isEqualTo(415);
            assertThat(off.serve(new TestExchange("GET", MAPS, new byte[0]).with("accept", CBOR)).status())
                    .isEqualTo(406);
            assertThat(off.serve(new TestExchange("GET", MAPS, new byte[0]).with("accept", CBOR + ",application/json"))
                    .answered("content-type")).isEqualTo("application/json");
        }
    }
}
