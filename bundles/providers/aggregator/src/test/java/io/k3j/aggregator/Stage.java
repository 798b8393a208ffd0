package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.AggregatedApis.Call;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// An API with a Service `default/api`, its one endpoint, and the APIService `v1.things.example.com`; another server
/// behind it.
final class Stage implements AutoCloseable {
    static final Key KEY = Key.of("v1.things.example.com");
    static final Gvr SERVICES = Gvr.of("v1", "services");
    static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    static final Key SERVICE = new Key("default", "api");
    static final Key SLICE = new Key("default", "api-1");
    static final Caller JANE = new Caller("jane", "u-1", List.of("devs", "system:authenticated"),
            Map.of("example.com/Why", List.of("because")));
    final ManualClock clock = new ManualClock();
    final FakeApi api = FakeApi.stepped(clock);
    final Backend backend;
    final Aggregator.Parts parts;

    Stage(Path tls) throws Exception {
        backend = new Backend(tls);
        parts = new Aggregator.Parts(api, tls, clock, new Random(1));
        parts.backends.dialer(backend.dialer());
        create(SERVICES, "v1", "Service", SERVICE, Struct.of("type", "ClusterIP", "clusterIP", "10.43.0.9", "ports",
                List.of(Struct.of("name", "https", "port", 443, "protocol", "TCP"))));
        slice(true, "https");
        api.create(ApiService.RESOURCE, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                "APIService", "metadata", Struct.of("name", KEY.name()), "spec",
                Struct.of("group", "things.example.com", "version", "v1", "groupPriorityMinimum", 2000,
                        "versionPriority", 15, "caBundle", backend.caBundle(), "service",
                        Struct.of("namespace", "default", "name", "api", "port", 443)))),
                WriteOptions.PLAIN);
        parts.services.attach(api);
        api.deliver();
    }

    private void create(Gvr gvr, String version, String kind, Key key, Struct spec) {
        api.create(gvr, Obj.of(Struct.of("apiVersion", version, "kind", kind, "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace()), "spec", spec)), WriteOptions.PLAIN);
    }

    void slice(boolean ready, String port) {
        slice(ready, port, "10.42.1.5");
    }

    void slice(boolean ready, String port, String... addresses) {
        if (api.find(SLICES, SLICE).isPresent()) {
            api.delete(SLICES, SLICE, DeleteOptions.PLAIN);
        }
        endpoints(SLICE, SERVICE, ready, port, addresses);
    }

    private void endpoints(Key key, Key service, boolean ready, String port, String... addresses) {
        api.create(SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace(), "labels",
                        Struct.of("kubernetes.io/service-name", service.name())),
                "addressType", "IPv4", "endpoints",
                Stream.of(addresses).map(a -> Struct.of("addresses", List.of(a), "nodeName", "node-1", "conditions",
                        Struct.of("ready", ready))).toList(),
                "ports", List.of(Struct.of("name", port, "port", 8443, "protocol", "TCP")))), WriteOptions.PLAIN);
    }

    /// Another APIService, `v1.GROUP`, which is available: of the Service that is there, or of one that is made, which
    /// has the same server behind it.
    Key another(String group, int priority, Key service) {
        if (api.find(SERVICES, service).isEmpty()) {
            create(SERVICES, "v1", "Service", service, Struct.of("type", "ClusterIP", "ports",
                    List.of(Struct.of("name", "https", "port", 443, "protocol", "TCP"))));
            endpoints(new Key(service.namespace(), service.name() + "-1"), service, true, "https", "10.42.1.6");
        }
        Key key = Key.of("v1." + group);
        api.create(ApiService.RESOURCE, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                "APIService", "metadata", Struct.of("name", key.name()), "spec",
                Struct.of("group", group, "version", "v1", "groupPriorityMinimum", priority, "versionPriority", 15,
                        "insecureSkipTLSVerify", true, "service",
                        Struct.of("namespace", service.namespace(), "name", service.name(), "port", 443)))),
                WriteOptions.PLAIN);
        Obj made = api.get(ApiService.RESOURCE, key);
        api.update(ApiService.RESOURCE, made.with(Struct.of("conditions", List.of(Struct.of("type", "Available",
                "status", "True", "reason", "Passed"))), "status"), WriteOptions.STATUS);
        api.deliver();
        return key;
    }

    /// Looks at the server once, and at what that has written; its condition afterwards.
    Struct check() {
        parts.availability.queue().add(KEY);
        parts.availability.step();
        api.deliver();
        return condition();
    }

    Struct condition() {
        return api.get(ApiService.RESOURCE, KEY).status().seq("conditions").find("type", "Available");
    }

    /// Makes it available: on a slow machine its answer may come too late at first.
    Stage available() throws IOException, InterruptedException {
        backend.json("{\"kind\":\"APIResourceList\",\"groupVersion\":\"things.example.com/v1\",\"resources\":["
                + "{\"name\":\"things\",\"singularName\":\"thing\",\"namespaced\":true,\"kind\":\"Thing\","
                + "\"verbs\":[\"get\",\"list\"],\"shortNames\":[\"th\"]},"
                + "{\"name\":\"things/status\",\"singularName\":\"\",\"namespaced\":true,\"kind\":\"Thing\","
                + "\"verbs\":[\"get\"]}]}");
        Waiting.until("available", () -> check().text("status").equals("True"));
        // a slow answer has further questions beside it
        Waiting.until("the questions are over", backend::idle);
        backend.heads.clear();
        return this;
    }

    AskedExchange ask(AskedExchange exchange) throws IOException {
        int told = parts.table.serve(new Call("things.example.com", "v1", JANE, exchange));
        assertThat(told).isEqualTo(exchange.status);
        return exchange;
    }

    AskedExchange get() throws IOException {
        return ask(new AskedExchange("GET", "/apis/things.example.com/v1/things?limit=5"));
    }

    @Override
    public void close() throws IOException {
        parts.services.close();
        backend.close();
        api.close();
    }
}
