package io.k3j.admissionwebhooks;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.cel.CelService;
import io.k3j.codec.Json;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitobjects.HookServer;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Both plug-ins before a store in memory, with the configurations and Services of an API in memory. Every address
/// leads to one port of this machine.
final class Stage implements AutoCloseable {
    static final Gvr CONFIGMAPS = Gvr.of("v1", "configmaps");
    static final Gvr SERVICES = Gvr.of("v1", "services");
    static final Key KEY = new Key("default", "c");
    private static final String GROUP = "admissionregistration.k8s.io/v1";
    private static final List<String> KINDS = List.of("v1 configmaps ConfigMap", "v1 services Service",
            "autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler",
            "autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler");
    final FakeApi api = FakeApi.live();
    final HookServer hooks;
    volatile @Nullable BoundEngine cel = new BoundEngine(new CelService());
    final AdmissionWebhooks.Parts parts;
    final ObjectServer server;
    /// What was dialled.
    final List<String> dialled = new CopyOnWriteArrayList<>();
    final List<Wire> wires = new CopyOnWriteArrayList<>();
    private final Schemas schemas = new Schemas();

    /// Hooks that add an annotation as a default.
    private static final class Defaults implements KindHooks {
        @Override
        public String group() {
            return EVERY_OTHER_GROUP;
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object.struct("metadata").struct("annotations").has("default") ? object
                    : object.withAt("yes", "metadata", "annotations", "default");
        }
    }

    /// A connection that was dialled.
    record Wire(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// @param builtIn plug-ins before the webhooks
    Stage(Admission... builtIn) throws Exception {
        hooks = new HookServer();
        parts = new AdmissionWebhooks.Parts(api, conditions(), System::nanoTime, UUID::randomUUID, new Random(1));
        parts.client.dialer(new NodeDialer() {
            @Override
            public ByteDuplex dial(String node, String host, int port) throws IOException {
                dialled.add(node + " " + host + ":" + port);
                Socket socket = new Socket("127.0.0.1", hooks.port());
                Wire wire = new Wire(socket, socket.getInputStream(), socket.getOutputStream());
                wires.add(wire);
                return wire;
            }

            @Override
            public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
                throw new IOException("no kubelet here");
            }
        });
        List<Admission> all = new ArrayList<>(List.of(builtIn));
        all.addAll(new TreeMap<>(parts.plugins()).values());
        server = new ObjectServer(1L << 30, new ObjectServer.Serving(KINDS.stream().map(this::row).toList(),
                List.of(new Defaults()), all, true));
        api.seed(Gvr.of("v1", "namespaces"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", Struct.of("hooked", "yes")))));
    }

    WebhookConditions.Evaluation conditions() {
        return new WebhookConditions.Evaluation(() -> cel, (who, what) -> Authorizer.Decision.NO_OPINION);
    }

    ResourceKind row(String line) {
        String[] words = line.split(" ");
        Gvk gvk = Gvk.of(words[0], words[2]);
        return new ResourceKind(Gvr.of(words[0], words[1]), gvk, new ResourceKind.Names("", List.of(), List.of()), true,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/" + words[1] + "/", gvk),
                schemas.shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
    }

    /// A webhook for all writes of ConfigMaps at a path of the server, to be changed.
    Struct webhook(String name, String path) {
        return Struct.of("name", name, "clientConfig", Struct.of("url", "https://localhost:" + hooks.port() + path,
                "caBundle", hooks.caBundle()), "rules", Seq.of(rule("", "v1", "configmaps")), "sideEffects", "None",
                "admissionReviewVersions", Seq.of("v1"), "timeoutSeconds", 30);
    }

    static Struct rule(String group, String version, String resource) {
        return Struct.of("operations", Seq.of("*"), "apiGroups", Seq.of(group), "apiVersions", Seq.of(version),
                "resources", Seq.of(resource), "scope", "*");
    }

    Stage mutating(String name, Struct... webhooks) {
        return configured("Mutating", name, webhooks);
    }

    Stage validating(String name, Struct... webhooks) {
        return configured("Validating", name, webhooks);
    }

    /// Waits until the plug-ins know it, if they have begun to look.
    private Stage configured(String sort, String name, Struct... webhooks) {
        String kind = sort + "WebhookConfiguration";
        Obj configuration = Obj.of(Struct.of("apiVersion", GROUP, "kind", kind, "metadata", Struct.of("name", name),
                "webhooks", Seq.of((Object[]) webhooks)));
        api.seed(Gvr.of(GROUP, kind.toLowerCase(Locale.ROOT) + "s"), configuration);
        ConfigurationSource<List<Webhook>> source = sort.equals("Mutating") ? parts.mutating : parts.validating;
        try {
            Waiting.until("the webhooks are known", () -> {
                List<List<Webhook>> known = source.known();
                return known == null || known.contains(Webhook.of(configuration, null));
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    static Struct configMap(Struct labels) {
        return Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "c", "namespace", "default", "labels", labels), "data", Struct.of("a", "1"));
    }

    String create(Struct labels) throws IOException {
        return send("POST", "/api/v1/namespaces/default/configmaps", configMap(labels));
    }

    String create() throws IOException {
        return create(Struct.EMPTY);
    }

    String send(String method, String path, Struct object) throws IOException {
        begin();
        return server.serve(new HostileRequest(method, path, "application/json", Json.bytes(object)));
    }

    /// A request waits for a moment only until the plug-ins have read what is configured.
    private void begin() {
        try {
            Waiting.until("the configurations are read", () -> parts.mutating.all() != null
                    && parts.validating.all() != null);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Obj stored() {
        return server.stored(CONFIGMAPS, KEY).orElseThrow();
    }

    Write write(Write.Operation operation, String subresource, Gvk takes) {
        ResourceKind plain = row("v1 configmaps ConfigMap");
        ResourceKind kind = subresource.isEmpty() ? plain : new ResourceKind(plain.gvr(), plain.gvk(), plain.names(),
                true, plain.verbs(), List.of(new ResourceKind.Subresource(subresource, takes, Set.of(),
                        ResourceKind.Scope.WHOLE)),
                plain.storage(), plain.shape(), plain.columns(), plain.strategy());
        return new Write(operation, kind, subresource, KEY, Optional.empty(),
                new Caller("jane", "7", List.of("people"), Map.of("scopes", List.of("a"))), false, Struct.EMPTY);
    }

    /// The Service `default/hooks` with a ready and an unready endpoint.
    void service(String address) {
        Struct port = Struct.of("name", "https", "port", 443);
        api.seed(SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "hooks", "namespace", "default"), "spec", Struct.of("ports", Seq.of(port)))));
        api.seed(Gvr.of("discovery.k8s.io/v1", "endpointslices"), Obj.of(Struct.of("apiVersion",
                "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "hooks-1", "namespace", "default", "labels",
                        Struct.of("kubernetes.io/service-name", "hooks")),
                "addressType", "IPv4", "ports", Seq.of(Struct.of("name", "https", "port", 8443)), "endpoints",
                Seq.of(Struct.of("addresses", Seq.of(address), "nodeName", "n1"), Struct.of("addresses",
                        Seq.of("10.42.0.9"), "conditions", Struct.of("ready", false))))));
    }

    /// The same webhook by its Service.
    Struct byService(Struct webhook, String path) {
        return webhook.with("clientConfig", Struct.of("service", Struct.of("namespace", "default", "name", "hooks",
                "path", path), "caBundle", hooks.caBundle()));
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.close();
        parts.close();
        hooks.close();
        api.close();
    }
}
