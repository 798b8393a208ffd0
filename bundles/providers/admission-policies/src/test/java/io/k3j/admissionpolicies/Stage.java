package io.k3j.admissionpolicies;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Both plug-ins before a store in memory, with policies, bindings, parameters and namespaces of an API in memory.
/// Whoever asks may read ConfigMaps, and nothing else.
final class Stage implements AutoCloseable {
    static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    static final Gvk POLICY = Gvk.of("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy");
    private static final List<String> KINDS = List.of("v1 configmaps ConfigMap", "apps/v1 deployments Deployment",
            "v1 services Service", "autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler",
            "autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler");
    final FakeApi api = FakeApi.live();
    volatile LongSupplier clock = System::nanoTime;
    final AdmissionPolicies.Parts parts;
    final ObjectServer server;
    /// However slow the machine is, costs are what ends expressions.
    final Cel engine = new CelService(() -> 0);
    volatile @Nullable BoundEngine cel = new BoundEngine(engine);
    private final Schemas schemas = new Schemas();
    private final List<ResourceKind> rows = KINDS.stream().map(this::row).toList();

    /// Hooks without rules.
    private static final class Plain implements KindHooks {
        @Override
        public String group() {
            return EVERY_OTHER_GROUP;
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object;
        }
    }

    private record Table(List<ResourceKind> kinds) implements KindCatalog {
    }

    /// @param builtIn plug-ins before the policies
    Stage(Admission... builtIn) {
        Authorizer readers = (who, what) -> what.verb().equals("get") && what.resource().equals("configmaps")
                ? new Decision(Verdict.ALLOW, "") : Decision.NO_OPINION;
        parts = new AdmissionPolicies.Parts(api, () -> cel, () -> List.of(readers), () -> List.of(new Table(rows)),
                () -> clock.getAsLong());
        List<Admission> all = new ArrayList<>(List.of(builtIn));
        all.addAll(new TreeMap<>(parts.plugins()).values());
        server = new ObjectServer(1L << 30, new ObjectServer.Serving(rows, List.of(new Plain()), all, true));
        namespace("default", "{team: a}");
    }

    void namespace(String name, String labels) {
        seed("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + ", labels: " + labels + "}}");
    }

    ServedKinds kinds() {
        return new ServedKinds(() -> List.of(new Table(rows)));
    }

    private ResourceKind row(String line) {
        String[] words = line.split(" ");
        Gvk gvk = Gvk.of(words[0], words[2]);
        return new ResourceKind(Gvr.of(words[0], words[1]), gvk, new ResourceKind.Names("", List.of(), List.of()), true,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/" + words[1] + "/", gvk),
                schemas.shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
    }

    ResourceKind kind(String resource) {
        return rows.stream().filter(k -> k.gvr().resource().equals(resource)).findFirst().orElseThrow();
    }

    static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    /// Stores an object of the API in memory.
    Obj seed(String yaml) {
        Obj object = Obj.of(yaml(yaml));
        String kind = object.tree().text("kind").toLowerCase(Locale.ROOT);
        String plural = kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
        return api.seed(Gvr.of(object.tree().text("apiVersion"), plural), object);
    }

    /// A validating policy for all writes of ConfigMaps, and a binding of the same name that denies; waits until they
    /// are known.
    Stage validating(String name, String spec) throws InterruptedException {
        policy("Validating", name, spec);
        return bound("Validating", name, "validationActions: [Deny]");
    }

    Stage mutating(String name, String spec) throws InterruptedException {
        policy("Mutating", name, "reinvocationPolicy: Never\n" + spec);
        return bound("Mutating", name, "{}");
    }

    /// Waits until what is bound already is known as it is now.
    void policy(String sort, String name, String spec) throws InterruptedException {
        String more = spec.contains("matchConstraints") ? spec
                : spec + "\nmatchConstraints: {resourceRules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1],"
                        + " resources: [configmaps]}]}";
        Obj policy = seed("apiVersion: admissionregistration.k8s.io/v1\nkind: " + sort
                + "AdmissionPolicy\nmetadata: {name: " + name + ", generation: 1}\nspec:\n" + indented(more));
        Waiting.until("the policy is known", () -> sort.equals("Validating") ? current(parts.validating, policy)
                : current(parts.mutating, policy));
    }

    private static <P> boolean current(PolicySource<P> source, Obj policy) {
        List<PolicyHook<P>> known = source.known();
        return known == null || known.stream().map(PolicyHook::policy).filter(p -> p.name().equals(policy.name()))
                .allMatch(p -> p.spec().equals(policy.spec()));
    }

    /// Binds, and waits until both plug-ins know it.
    Stage bound(String sort, String name, String spec) throws InterruptedException {
        Obj binding = seed("apiVersion: admissionregistration.k8s.io/v1\nkind: " + sort
                + "AdmissionPolicyBinding\nmetadata: {name: " + name + "}\nspec:\n  policyName: " + name + "\n"
                + (spec.equals("{}") ? "" : indented(spec)));
        Binding wanted = Binding.of(binding);
        Waiting.until("the binding is known", () -> sort.equals("Validating") ? known(parts.validating, wanted)
                : known(parts.mutating, wanted));
        return this;
    }

    private static <P> boolean known(PolicySource<P> source, Binding binding) {
        return source.all().stream().anyMatch(h -> h.bindings().contains(binding));
    }

    private static String indented(String text) {
        return text.lines().map(l -> "  " + l + "\n").reduce("", String::concat);
    }

    String create(String data) throws IOException {
        return create("default", "{}", data);
    }

    String create(String namespace, String labels, String data) throws IOException {
        return send("POST", "/api/v1/namespaces/" + namespace + "/configmaps", configMap(namespace, labels, data));
    }

    String update(String data) throws IOException {
        return send("PUT", "/api/v1/namespaces/default/configmaps/c", configMap("default", "{}", data));
    }

    static String configMap(String namespace, String labels, String data) {
        return "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: " + namespace + ", labels: " + labels
                + "}, data: " + data + "}";
    }

    String send(String method, String path, String yaml) throws IOException {
        begin();
        return server.serve(new HostileRequest(method, path, "application/json", Json.bytes(yaml(yaml))));
    }

    /// A request waits for a moment only until the plug-ins have read the policies.
    private void begin() {
        try {
            Waiting.until("the policies are read", () -> parts.validating.all() != null
                    && parts.mutating.all() != null);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Struct stored() {
        return server.stored(CONFIG_MAPS, new Key("default", "c")).orElseThrow().tree();
    }

    Admission validatingPlugin() {
        return parts.plugins().get(ValidatingPolicies.PLACE);
    }

    Write write(Write.Operation operation, ResourceKind kind) {
        return new Write(operation, kind, "", Key.of("x"), Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);
    }

    @Override
    public void close() {
        server.close();
        parts.close();
        api.close();
    }
}
