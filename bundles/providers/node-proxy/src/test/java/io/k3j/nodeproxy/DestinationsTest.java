package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
    private static final String REAL = "10.42.0.7";
    private final List<String> dialed = new ArrayList<>();
    private Struct endpoint = Struct.EMPTY;
    private int endpoints = 1;
    private int podReads;
    private String podIp = REAL;
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (p, m, a) -> switch (m.getName()) {
                case "list" -> new ObjList(List.of(Obj.of(Struct.of("ports", Seq.of(Struct.of("name", "web", "port",
                        80)), "endpoints", Seq.copyOf(Collections.nCopies(endpoints, endpoint))))), 1);
                case "find" -> found((Key) a[1]);
                default -> a[0].equals(Backends.SERVICES)
                        ? Obj.of(Struct.of("spec", Struct.of("ports", Seq.of(Struct.of("name", "web", "port", 80)))))
                        : pod();
            });
    private final Loop silent = new Loop("");
    private boolean answers;
    private final NodeDialer dialer = new NodeDialer() {
        @Override
        public ByteDuplex dial(String node, String host, int port) throws IOException {
            dialed.add(host);
            if (answers) {
                return silent;
            }
            throw new IOException("refused");
        }

        @Override
        public ByteDuplex dialKubelet(String node, String host, int port) {
            throw new AssertionError("a pod was asked for");
        }
    };
    private final Backends backends = new Backends(api, dialer, null, new Random(1));

    private final Sessions requests = Sessions.ofRequests(64 << 20);

    private Optional<Obj> found(Key pod) {
        podReads++;
        return pod.name().equals("p") ? Optional.of(pod()) : Optional.empty();
    }

    private Obj pod() {
        return Obj
                .of(Struct.of("metadata", Struct.of("name", "p", "namespace", "n"), "status", Struct.of("podIP", podIp,
                        "podIPs", Seq.of(Struct.of("ip", podIp)))));
    }

    private static Struct endpoint(String address, Object... target) {
        return Struct.of("addresses", Seq.of(address), "targetRef", Struct.of(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1",
            "ff02::1", "255.255.255.255", "::ffff:127.0.0.1", "localhost", "", "metadata", "10.1", "010.42.0.7",
            "fd00::7%lo", "fd00::7%1"})
    void proxiesDialNeitherThisMachineNorLinkLocalAddresses(String address) {
        podIp = address;
        endpoint = endpoint(address, "kind", "Pod", "name", "p");
        assertThatThrownBy(() -> backends.podPort(new Key("n", "p"), "80", false)).hasMessage("address not allowed");
        assertThatThrownBy(() -> backends.servicePort(new Key("n", "s"), "web", false))
                .hasMessageContaining("no endpoints available");
        assertThat(dialed).isEmpty();
    }

    @Test
    void aServiceConnectsToPodsOfItsNamespaceOnly() {
        for (Struct foreign : List.of(endpoint(REAL), endpoint(REAL, "kind", "Node", "name", "p"),
                endpoint(REAL, "kind", "Pod", "name", "other"), endpoint("10.0.0.1", "kind", "Pod", "name", "p"),
                endpoint(REAL, "kind", "Pod", "name", "p", "namespace", "kube-system"))) {
            endpoint = foreign;
            assertThatThrownBy(() -> backends.servicePort(new Key("n", "s"), "web", false))
                    .hasMessageContaining("no endpoints available");
        }
        endpoint = endpoint(REAL, "kind", "Pod", "name", "p");
        assertThatThrownBy(() -> backends.servicePort(new Key("n", "s"), "web", true))
                .hasMessageContaining("error trying to reach service");
        assertThat(dialed).containsExactly(REAL);
    }

    @Test
    void aRequestToALargeServiceReadsOnePodOnly() {
        endpoints = 1000;
        endpoint = endpoint(REAL, "kind", "Pod", "name", "p");
        assertThatThrownBy(() -> backends.servicePort(new Key("n", "s"), "web", false))
                .hasMessageContaining("error trying to reach service");
        assertThat(podReads).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/exec/n/p/c", "/run/n/p/c", "/attach/n/p/c", "/portForward/n/p", "/%65xec/n/p/c"})
    void kubeletCommandsAreRefusedForGet(String rest) {
        Asked request = new Asked("GET", "", Map.of("upgrade", "websocket"));
        PathProxy proxy = new PathProxy(Backends.NODES, client -> backends, requests);
        assertThatThrownBy(() -> proxy.serve(new Connect.Call(new Caller("u", "", List.of(), Map.of()), Key.of("n1"),
                rest, request))).isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(405));
    }

    @Test
    void usesUnverifiedTlsForAnHttpsName() {
        answers = true;
        Asked request = new Asked("GET", "", Map.of());
        PathProxy proxy = new PathProxy(Backends.PODS, client -> backends, requests);
        Caller caller = new Caller("u", "", List.of(), Map.of());
        assertThatThrownBy(() -> proxy.serve(new Connect.Call(caller, new Key("n", "https:p:8443"), "/x", request)))
                .hasMessageContaining("error trying to reach service: dial tcp 10.42.0.7:8443");
        assertThat(silent.heard()).as("a TLS handshake").startsWith("\u0016\u0003");
    }

    private static NodeDialer always(ByteDuplex one) {
        return new NodeDialer() {
            @Override
            public ByteDuplex dial(String node, String host, int port) {
                return one;
            }

            @Override
            public ByteDuplex dialKubelet(String node, String host, int port) {
                throw new AssertionError("a pod was asked for");
            }
        };
    }

    /// A pod that accepts and says nothing: neither a thread nor a descriptor of this server stays with it.
    @Test
    void aSilentBackEndIsLeftWithItsClient() throws Exception {
        Mute mute = new Mute();
        PathProxy proxy = new PathProxy(Backends.PODS, client -> new Backends(api,
                new ClientDialer(always(mute), client), null, new Random(1)), requests);
        Caller caller = new Caller("u", "", List.of(), Map.of());
        Asked client = new Asked("GET", "", Map.of());
        try (ExecutorService server = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> served = server.submit(() -> assertThatThrownBy(() -> proxy.serve(
                    new Connect.Call(caller, new Key("n", "https:p:8443"), "/x", client)))
                    .hasMessageContaining("error trying to reach service"));
            assertThat(mute.addressed().await(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(requests.text()).contains("k3j_proxied_requests 1\n");
            client.leave();
            assertThat(mute.open()).isFalse();
            served.get();
        }
        assertThat(requests.text()).contains("k3j_proxied_requests 0\n");
    }

    @Test
    void proxiedRequestsHaveANumber() {
        int own = requests.mostPerUser();
        assertThat(own).isEqualTo(16);
        for (int i = 0; i < own; i++) {
            assertThat(requests.begin("u")).isNotNull();
        }
        PathProxy proxy = new PathProxy(Backends.PODS, client -> backends, requests);
        assertThatThrownBy(() -> proxy.serve(new Connect.Call(new Caller("u", "", List.of(), Map.of()),
                new Key("n", "p"), "/x", new Asked("GET", "", Map.of()))))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(429));
        assertThat(dialed).isEmpty();
        assertThat(requests.begin("v")).isNotNull();
    }

    @Test
    void oneUserCannotExhaustTheSessions() {
        Sessions sessions = Sessions.ofStreams();
        Sessions.Session first = sessions.begin("a");
        for (int i = 1; i < sessions.mostPerUser(); i++) {
            assertThat(sessions.begin("a")).isNotNull();
        }
        assertThatThrownBy(() -> sessions.begin("a"))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(429));
        assertThat(sessions.begin("b")).isNotNull();
        first.close();
        assertThat(sessions.begin("a")).isNotNull();
        assertThat(sessions.text()).contains("k3j_proxied_sessions 201\n")
                .contains("k3j_proxied_sessions_refused_total 1\n");
    }
}
