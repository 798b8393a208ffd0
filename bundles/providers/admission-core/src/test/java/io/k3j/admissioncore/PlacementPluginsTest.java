package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Plug-ins that say where pods may run, and that are off unless they are enabled.
class PlacementPluginsTest {
    private static final String ENABLE = "enable-admission-plugins=PodNodeSelector,PodTolerationRestriction,"
            + "ExtendedResourceToleration,LimitPodHardAntiAffinityTopology";
    @TempDir
    private Path directory;
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private void namespace(Object... annotations) {
        stage.seed(Listers.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "annotations", Struct.of(annotations))));
    }

    private String file(String plugin, String configuration) throws IOException {
        return "admission-control-config-file=" + Files.writeString(directory.resolve("admission.yaml"),
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: " + plugin
                        + "\n  configuration: " + configuration + "\n");
    }

    private Map<String, String> selector(PodNodeSelector plugin, Object... own) {
        Struct pod = Stage.pod(Struct.of("nodeSelector", Struct.of(own)));
        return stage.admitted(plugin, Listers.PODS, pod).struct("spec").struct("nodeSelector").texts();
    }

    @Test
    void podsHaveTheNodeSelectorOfTheirNamespace() throws IOException {
        namespace("scheduler.alpha.kubernetes.io/node-selector", "env=test, zone=a");
        PodNodeSelector plugin = new PodNodeSelector(stage.world, ENABLE,
                file("PodNodeSelector", "{podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: env=prod}}"));
        assertThat(selector(plugin, "disk", "ssd")).isEqualTo(Map.of("env", "test", "zone", "a", "disk", "ssd"));
        assertThatThrownBy(() -> selector(plugin, "env", "prod")).hasMessage("pods \"p\" is forbidden: pod node label"
                + " selector conflicts with its namespace node label selector");
        assertThat(selector(new PodNodeSelector(stage.world))).as("not enabled").isEmpty();
    }

    @Test
    void otherwiseTheyHaveTheClustersAndSelectNothingThatTheirNamespaceMayNot() throws IOException {
        namespace();
        PodNodeSelector plugin = new PodNodeSelector(stage.world, ENABLE, file("PodNodeSelector",
                "{podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: env=prod, default: 'env=prod,disk=ssd'}}"));
        assertThat(selector(plugin, "disk", "ssd")).isEqualTo(Map.of("env", "prod", "disk", "ssd"));
        assertThatThrownBy(() -> selector(plugin, "zone", "a")).hasMessageEndingWith(
                "pod node label selector labels conflict with its namespace whitelist");
        namespace("scheduler.alpha.kubernetes.io/node-selector", "");
        assertThat(selector(plugin)).as("a namespace that says it has none").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"a,write key=value", "a=b=c,write key=value", "=b,is no label", "a=-,is no label"})
    void whatIsNoSelectorIsTold(String selector, String message) throws IOException {
        String file = file("PodNodeSelector",
                "{podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: '" + selector + "'}}");
        assertThatThrownBy(() -> new PodNodeSelector(stage.world, ENABLE, file)).hasMessageContaining(message)
                .hasMessageContaining("podNodeSelectorPluginConfig.clusterDefaultNodeSelector");
        namespace("scheduler.alpha.kubernetes.io/node-selector", selector);
        assertThatThrownBy(() -> selector(new PodNodeSelector(stage.world, ENABLE)))
                .hasMessageContaining("pods \"p\" is forbidden: annotation ").hasMessageContaining(message);
    }

    private Seq tolerations(PodTolerationRestriction plugin, Struct spec) {
        return stage.admitted(plugin, Listers.PODS, Stage.pod(spec)).struct("spec").seq("tolerations");
    }

    private static Struct exists(String key) {
        return Struct.of("key", key, "operator", "Exists", "effect", "NoSchedule");
    }

    @Test
    void podsHaveTheTolerationsOfTheirNamespaceAndNoneItDoesNotAllow() {
        namespace("scheduler.alpha.kubernetes.io/defaultTolerations",
                "[{\"key\":\"a\",\"operator\":\"Exists\",\"effect\":\"NoSchedule\"}]",
                "scheduler.alpha.kubernetes.io/tolerationsWhitelist",
                "[{\"operator\":\"Exists\",\"key\":\"a\"},{\"operator\":\"Equal\",\"key\":\"b\",\"value\":\"1\"}]");
        PodTolerationRestriction plugin = new PodTolerationRestriction(stage.world, ENABLE);
        assertThat(tolerations(plugin, Struct.EMPTY)).isEqualTo(Seq.of(exists("a")));
        Struct own = Struct.of("key", "b", "value", "1", "effect", "NoExecute");
        assertThat(tolerations(plugin, Struct.of("tolerations", Seq.of(own)))).isEqualTo(Seq.of(own, exists("a")));
        Struct covered = Struct.of("key", "a", "value", "x", "effect", "NoSchedule");
        assertThat(tolerations(plugin, Struct.of("tolerations", Seq.of(covered)))).isEqualTo(Seq.of(exists("a")));
        assertThatThrownBy(() -> tolerations(plugin, Struct.of("tolerations", Seq.of(exists("b")))))
                .hasMessage("pods \"p\" is forbidden: pod tolerations (possibly merged with namespace default"
                        + " tolerations) conflict with its namespace whitelist");
        assertThat(tolerations(new PodTolerationRestriction(stage.world), Struct.EMPTY)).as("not enabled").isEmpty();
    }

    @Test
    void otherwiseTheClustersListsCountAndAnUpdateGetsNothing() throws IOException {
        namespace();
        PodTolerationRestriction plugin = new PodTolerationRestriction(stage.world, ENABLE,
                file("PodTolerationRestriction", """
                        {apiVersion: podtolerationrestriction.admission.k8s.io/v1alpha1, kind: Configuration,
                            default: [{key: a, operator: Exists, effect: NoSchedule}],
                            whitelist: [{key: a, operator: Exists, effect: NoSchedule}]}"""));
        assertThat(tolerations(plugin, Struct.EMPTY)).isEqualTo(Seq.of(exists("a")));
        assertThatThrownBy(() -> tolerations(plugin, Struct.of("tolerations", Seq.of(exists("b")))))
                .hasMessageEndingWith("conflict with its cluster whitelist");
        Write update = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        assertThat(plugin.admit(update, Stage.pod(Struct.EMPTY))).isEqualTo(Stage.pod(Struct.EMPTY));
        namespace("scheduler.alpha.kubernetes.io/defaultTolerations", "",
                "scheduler.alpha.kubernetes.io/tolerationsWhitelist", "");
        assertThat(tolerations(plugin, Struct.EMPTY)).as("a namespace that says it has none").isEmpty();
        assertThat(tolerations(plugin, Struct.of("tolerations", Seq.of(exists("b"))))).isEqualTo(Seq.of(exists("b")));
    }

    @Test
    void podsThatAskForSomethingTolerateNodesThatAreShortOfMemory() {
        namespace();
        Struct asking = Stage.object("Pod", "p", Struct.of("containers", Seq.of(Struct.of("name", "c", "resources",
                Struct.of("requests", Struct.of("memory", "1Mi"))))));
        assertThat(stage.admitted(new PodTolerationRestriction(stage.world, ENABLE), Listers.PODS, asking)
                .struct("spec").seq("tolerations")).isEqualTo(Seq.of(exists("node.kubernetes.io/memory-pressure")));
    }

    @Test
    void listsThatCannotBeReadAndTooLongOnesAreTold() {
        namespace("scheduler.alpha.kubernetes.io/defaultTolerations", "{}");
        PodTolerationRestriction plugin = new PodTolerationRestriction(stage.world, ENABLE);
        assertThatThrownBy(() -> tolerations(plugin, Struct.EMPTY))
                .hasMessageContaining("it must be a list of at most 1000 tolerations in JSON");
        Struct[] many = new Struct[1001];
        Arrays.fill(many, exists("a"));
        assertThatThrownBy(() -> tolerations(plugin, Struct.of("tolerations", Seq.of((Object[]) many))))
                .hasMessageContaining("more than 1000 tolerations");
    }

    @Test
    void podsThatAskForExtendedResourcesTolerateTheirTaints() {
        ExtendedResourceToleration plugin = new ExtendedResourceToleration(ENABLE);
        Struct pod = Stage.object("Pod", "p", Struct.of("containers", Seq.of(Struct.of("name", "c", "resources",
                Struct.of("requests", Struct.of("example.com/gpu", "1", "cpu", "1", "kubernetes.io/x", "1"))))));
        Struct admitted = stage.admitted(plugin, Listers.PODS, pod);
        assertThat(admitted.struct("spec").seq("tolerations")).isEqualTo(Seq.of(exists("example.com/gpu")));
        assertThat(stage.admitted(plugin, Listers.PODS, admitted)).as("once").isEqualTo(admitted);
        assertThat(stage.admitted(new ExtendedResourceToleration(), Listers.PODS, pod)).isEqualTo(pod);
    }

    @ParameterizedTest
    @CsvSource({"kubernetes.io/hostname,true", "topology.kubernetes.io/zone,false"})
    void antiAffinityIsRequiredOfSingleNodesOnly(String key, boolean allowed) {
        LimitPodHardAntiAffinityTopology plugin = new LimitPodHardAntiAffinityTopology(ENABLE);
        Struct pod = Stage.pod(Struct.of("affinity", Struct.of("podAntiAffinity",
                Struct.of("requiredDuringSchedulingIgnoredDuringExecution", List.of(Struct.of("topologyKey", key))))));
        if (allowed) {
            assertThat(stage.admitted(plugin, Listers.PODS, pod)).isEqualTo(pod);
        } else {
            assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, pod)).hasMessage("pods \"p\" is forbidden:"
                    + " affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey " + key
                    + " but only key kubernetes.io/hostname is allowed");
        }
        assertThat(stage.admitted(new LimitPodHardAntiAffinityTopology(), Listers.PODS, pod)).isEqualTo(pod);
    }
}
