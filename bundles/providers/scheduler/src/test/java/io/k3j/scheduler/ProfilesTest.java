package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What profiles and arguments of a configuration file do to pods.
class ProfilesTest {
    private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
    @TempDir
    private Path home;

    private SchedulerFixture cluster(String text) throws IOException {
        Path file = Files.writeString(home.resolve("scheduler.yaml"), HEAD + text);
        return new SchedulerFixture(SchedulerConfiguration.of(List.of("config=" + file)));
    }

    private static String fit(String arguments) {
        return "profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args: {" + arguments + "}\n";
    }

    private static Obj pod(SchedulerFixture cluster, String name, String scheduler, Struct spec) {
        return cluster.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod",
                "metadata", Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "a")), "spec",
                spec.with("schedulerName", scheduler))), WriteOptions.PLAIN);
    }

    private static Struct wanting(String resource, String amount) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of(resource, amount)))));
    }

    @Test
    void podsOfEachProfileAreScheduledInItsName() throws IOException {
        SchedulerFixture cluster = cluster("""
                profiles:
                - schedulerName: default-scheduler
                - schedulerName: packer
                  plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}]}}
                  pluginConfig:
                  - {name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}
                """);
        cluster.node("n1", "4");
        cluster.node("n2", "4");
        cluster.pod("x", SchedulerFixture.cpu("2").with("nodeName", "n1"));
        pod(cluster, "spread", "default-scheduler", SchedulerFixture.cpu("1"));
        cluster.settle();
        pod(cluster, "packed", "packer", SchedulerFixture.cpu("1"));
        pod(cluster, "other", "somebody-else", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.nodeOf("spread")).isEqualTo("n2");
        assertThat(cluster.nodeOf("packed")).isEqualTo("n1");
        assertThat(cluster.nodeOf("other")).isEmpty();
        assertThat(cluster.api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .filter(e -> e.tree().struct("involvedObject").text("name").equals("packed"))
                .map(e -> e.tree().text("reportingComponent"))).containsExactly("packer");
    }

    @Test
    void aFilterThatIsDisabledLetsPass() throws IOException {
        SchedulerFixture cluster = cluster("profiles: [{plugins: {filter: {disabled: [{name: TaintToleration}]}}}]\n");
        Obj node = cluster.node("n1", "4");
        cluster.api.seed(BuiltinResources.NODES, node.with(
                Seq.of(Struct.of("key", "k", "value", "v", "effect", "NoSchedule")), "spec", "taints"));
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.nodeOf("a")).isEqualTo("n1");
    }

    @Test
    void aResourceThatIsIgnoredIsNotAskedFor() throws IOException {
        SchedulerFixture cluster = cluster(fit("ignoredResources: [example.com/foo]"));
        cluster.node("n1", "4");
        cluster.pod("a", wanting("example.com/foo", "1"));
        cluster.pod("b", wanting("example.com/bar", "1"));
        cluster.settle();
        assertThat(cluster.nodeOf("a")).isEqualTo("n1");
        assertThat(cluster.why("b")).contains("1 Insufficient example.com/bar");
    }

    @Test
    void aShapeSaysWhichNodesAreBetter() throws IOException {
        SchedulerFixture cluster = cluster(fit("scoringStrategy: {type: RequestedToCapacityRatio, resources: "
                + "[{name: cpu}], requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, "
                + "{utilization: 100, score: 10}]}}").replace("profiles:\n- ",
                        "profiles:\n- plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}]}}\n  "));
        cluster.node("n1", "4");
        cluster.node("n2", "8");
        cluster.pod("x", SchedulerFixture.cpu("6").with("nodeName", "n2"));
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.nodeOf("a")).isEqualTo("n2");
    }

    @Test
    void allPodsOfAProfileHaveItsNodeAffinity() throws IOException {
        SchedulerFixture cluster = cluster("""
                profiles:
                - pluginConfig:
                  - name: NodeAffinity
                    args:
                      addedAffinity:
                        requiredDuringSchedulingIgnoredDuringExecution:
                          nodeSelectorTerms:
                          - matchExpressions: [{key: pool, operator: In, values: [a]}]
                """);
        cluster.node("n1", "4", "pool", "b");
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.why("a")).startsWith("0/1 nodes are available: 1 node(s) didn't match scheduler-enforced "
                + "node affinity. ");
        cluster.node("n2", "4", "pool", "a");
        cluster.settle();
        assertThat(cluster.nodeOf("a")).isEqualTo("n2");
    }

    @Test
    void podsAreSpreadAsTheirProfileSays() throws IOException {
        SchedulerFixture cluster = cluster("""
                profiles:
                - pluginConfig:
                  - name: PodTopologySpread
                    args:
                      defaultConstraints:
                      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule}
                      defaultingType: List
                """);
        cluster.api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "s", "namespace", "default"), "spec",
                Struct.of("selector", Struct.of("app", "a")))));
        cluster.node("n1", "4");
        cluster.node("n2", "100m");
        for (String name : new String[] {"a1", "a2"}) {
            cluster.pod(name, SchedulerFixture.cpu("1"));
            cluster.settle();
        }
        assertThat(cluster.nodeOf("a1")).isEqualTo("n1");
        assertThat(cluster.why("a2")).contains("1 node(s) didn't match pod topology spread constraints");
    }

    @Test
    void nothingIsPreemptedWhereThatIsDisabled() throws IOException {
        SchedulerFixture cluster = cluster(
                "profiles: [{plugins: {postFilter: {disabled: [{name: DefaultPreemption}]}}}]\n");
        cluster.node("n1", "1");
        cluster.pod("low", SchedulerFixture.cpu("1"));
        cluster.settle();
        cluster.pod("high", SchedulerFixture.cpu("1").with("priority", 1000L));
        cluster.settle();
        assertThat(cluster.nodeOf("low")).isEqualTo("n1");
        assertThat(cluster.why("high")).isEqualTo("0/1 nodes are available: 1 Insufficient cpu. no new claims to "
                + "deallocate");
    }

    @Test
    void asManyNodesAreEnoughAsThePercentageSays() {
        assertThat(Placement.enough(99, 10)).isEqualTo(99);
        assertThat(Placement.enough(1_000, 30)).isEqualTo(300);
        assertThat(Placement.enough(1_000, 1)).isEqualTo(100);
        assertThat(Placement.enough(1_000, 0)).isEqualTo(420);
    }
}
