package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.webhookclient.ServiceEndpoints.Endpoint;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceEndpointsTest {
    private static final Gvr SERVICES = Gvr.of("v1", "services");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    private static final Key HOOKS = new Key("default", "hooks");
    private static final ClientConfig CONFIG = new ClientConfig("", "default", "hooks", "/", 443, "");
    private static final Endpoint READY = new Endpoint("n1", "10.42.0.8", 8443);
    private final FakeApi store = FakeApi.stepped(InstantSource.system());
    private final FakeApi empty = FakeApi.stepped(InstantSource.system());

    @AfterEach
    void close() {
        store.close();
        empty.close();
    }

    private void service() {
        store.seed(SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "hooks", "namespace", "default"), "spec",
                Struct.of("ports", Seq.of(Struct.of("name", "https", "port", 443))))));
        store.seed(SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "hooks-1", "namespace", "default", "labels",
                        Struct.of("kubernetes.io/service-name", "hooks")),
                "addressType", "IPv4", "ports", Seq.of(Struct.of("name", "https", "port", 8443)), "endpoints",
                Seq.of(Struct.of("addresses", Seq.of("10.42.0.8"), "nodeName", "n1"), Struct.of("addresses",
                        Seq.of("10.42.0.9"), "conditions", Struct.of("ready", false))))));
    }

    /// A server whose memory is that of `shown`.
    private ApiClient showing(FakeApi shown) {
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(method.getName().equals("view") ? shown : store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static ServiceEndpoints endpoints(ApiClient api) {
        return new ServiceEndpoints(api, new Random(1));
    }

    /// The refusals of reads are still there when the test reads.
    @Test
    void whatTheServersMemoryHasNobodyIsAskedFor() throws Exception {
        service();
        store.refuse("get", SERVICES, ApiFault.unavailable("nobody has to read it"));
        store.refuse("list", SLICES, ApiFault.unavailable("nobody has to read them"));
        assertThat(endpoints(store).of(CONFIG, CONFIG.address())).containsExactly(READY);
        assertThatThrownBy(() -> store.get(SERVICES, HOOKS)).hasMessage("nobody has to read it");
        assertThatThrownBy(() -> store.list(SLICES, Query.ALL)).hasMessage("nobody has to read them");
    }

    @Test
    void whatAnotherServerHasJustWrittenIsFound() throws Exception {
        service();
        assertThat(endpoints(showing(empty)).of(CONFIG, CONFIG.address())).containsExactly(READY);
        ClientConfig later = new ClientConfig("", "default", "hooks", "/", 8443, "");
        empty.seed(SERVICES, store.get(SERVICES, HOOKS));
        Seq ports = Seq.of(Struct.of("name", "https", "port", 8443));
        store.seed(SERVICES, store.get(SERVICES, HOOKS).with(ports, "spec", "ports"));
        assertThat(endpoints(showing(empty)).of(later, later.address())).as("a port").containsExactly(READY);
    }

    @Test
    void whatIsMissingIsTold() {
        ServiceEndpoints endpoints = endpoints(store);
        assertThatThrownBy(() -> endpoints.of(CONFIG, CONFIG.address())).hasMessage("service \"hooks\" not found");
        service();
        store.vanish(SLICES, new Key("default", "hooks-1"));
        assertThatThrownBy(() -> endpoints.of(CONFIG, CONFIG.address()))
                .hasMessage("no endpoints available for service \"hooks\"");
        ClientConfig other = new ClientConfig("", "default", "hooks", "/", 80, "");
        assertThatThrownBy(() -> endpoints.of(other, other.address()))
                .hasMessage("no service port 80 found for service \"hooks\"");
        store.refuse("list", SLICES, ApiFault.unavailable("the datastore is away"));
        assertThatThrownBy(() -> endpoints.of(CONFIG, CONFIG.address())).hasMessage("the datastore is away");
    }
}
