package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityConfiguration;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkitobjects.BodyCosts;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Hostile objects before every plug-in at once, on a heap of 256 MiB (`pom.xml`), in a namespace with limits and
/// levels of pod security. Kinds have no rules of their own here: a plug-in sees what nobody has refused. Longer
/// series: `BodyCosts`.
class HostilePodsTest {
    private static final int MANY = 1_000;
    private static final int LARGE_EVERY = 29;
    private static final List<String> KINDS = List.of("v1 configmaps ConfigMap", "v1 secrets Secret", "v1 pods Pod",
            "v1 services Service", "apps/v1 deployments Deployment", "batch/v1 jobs Job",
            "discovery.k8s.io/v1 endpointslices EndpointSlice", "networking.k8s.io/v1 networkpolicies NetworkPolicy",
            "networking.k8s.io/v1 ingresses Ingress", "rbac.authorization.k8s.io/v1 roles Role");
    private final Stage stage = new Stage();
    private final Allocator allocator = new Allocator(List.of("10.43.0.0/16"), "30000-32767", stage.api,
            new MemoryRecords(), new Random(1));
    private final ServiceAccounts accounts = new ServiceAccounts(stage.world);

    /// Hooks of every group that know nothing.
    private static final class Nothing implements KindHooks {
        @Override
        public String group() {
            return EVERY_OTHER_GROUP;
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object;
        }
    }

    @AfterEach
    void close() {
        accounts.stop();
        allocator.stop();
        stage.close();
    }

    private static ResourceKind row(Schemas schemas, String line) {
        String[] words = line.split(" ");
        Gvk gvk = Gvk.of(words[0], words[2]);
        return new ResourceKind(Gvr.of(words[0], words[1]), gvk, new ResourceKind.Names("", List.of(), List.of()), true,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/" + words[1] + "/", gvk),
                schemas.shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
    }

    /// All in their order.
    private List<Admission> plugIns() {
        Listers world = stage.world;
        return List.of(new NamespaceLifecycle(world), new LimitRanger(world), accounts, new NodeRestriction(world),
                new ControllerRestriction(world), new TaintNodesByCondition(),
                new PodSecurity(world, PodSecurityConfiguration.NONE), new Priority(world),
                new DefaultTolerationSeconds(), new StorageObjectInUseProtection(), new DefaultStorageClass(world),
                new RuntimeClasses(world), new VolumeResize(world), new DefaultIngressClass(world),
                new ServiceAllocation(allocator), new PodTopologyLabels(world),
                new NodeDeclaredFeatureValidator(world));
    }

    private void seed() {
        stage.seed(Listers.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", Struct.of("pod-security.kubernetes.io/enforce", "baseline",
                        "pod-security.kubernetes.io/warn", "restricted"))));
        stage.seed(Listers.ACCOUNTS, Stage.object("ServiceAccount", "default", Struct.EMPTY)
                .with("imagePullSecrets", Seq.of(Struct.of("name", "registry"))));
        Struct amounts = Struct.of("cpu", "1", "memory", "1Gi");
        stage.seed(Listers.LIMITS, Stage.object("LimitRange", "limits", Struct.of("limits", Seq.of(
                Struct.of("type", "Container", "default", amounts, "defaultRequest", amounts, "max", amounts),
                Struct.of("type", "Pod", "max", Struct.of("cpu", "2000", "memory", "2Ti"))))));
    }

    @Test
    void costLittleWhateverTheyAre() throws IOException {
        seed();
        Schemas schemas = new Schemas();
        ObjectServer.Serving serving = new ObjectServer.Serving(KINDS.stream().map(k -> row(schemas, k)).toList(),
                List.of(new Nothing()), plugIns(), true);
        try (ObjectServer server = new ObjectServer(ObjectServer.PLENTY, serving)) {
            assertThat(BodyCosts.of(server, HostileKinds.BUILT_IN, MANY, LARGE_EVERY)).isEmpty();
        }
    }
}
