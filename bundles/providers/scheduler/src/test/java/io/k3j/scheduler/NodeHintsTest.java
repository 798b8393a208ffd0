package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which of the pods that wait are tried again for a node that comes or changes. All wait since n1 was the only node.
class NodeHintsTest {
    private static final String ZONE = "topology.kubernetes.io/zone";
    private final SchedulerBed bed = new SchedulerBed();

    @BeforeEach
    void makeNode() {
        bed.node("n1", "1", "disk", "hdd");
    }

    private void waits(String name, Struct spec) {
        bed.pod(name, spec);
        bed.settle();
        assertThat(bed.scheduled(name).text("reason")).isEqualTo("Unschedulable");
    }

    /// How many the next event brings back.
    private int moved() {
        int before = bed.watching.queue().pending().unschedulable();
        while (bed.api.deliver()) {
            // the scheduler hears of it and looks at no pod
        }
        return before - bed.watching.queue().pending().unschedulable();
    }

    private void change(String name, Object value, String... path) {
        bed.api.seed(BuiltinResources.NODES, bed.api.get(BuiltinResources.NODES, Key.of(name)).with(value, path));
    }

    @Test
    void roomHelpsThoseWhomItIsEnoughFor() {
        waits("small", cpu("2"));
        waits("large", cpu("8"));
        bed.node("n2", "1");
        assertThat(moved()).as("a node as small as the other one").isZero();
        bed.node("n3", "4");
        assertThat(moved()).isEqualTo(1);
        bed.settle();
        change("n1", "8Gi", "status", "allocatable", "ephemeral-storage");
        assertThat(moved()).as("what it does not want").isZero();
        change("n1", "8", "status", "allocatable", "cpu");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void labelsHelpThoseWhoseSelectorsTheyFit() {
        waits("a", cpu("1m").with("nodeSelector", Struct.of("disk", "ssd")));
        waits("b", cpu("1m").with("nodeSelector", Struct.of("disk", "tape")));
        bed.node("n2", "4", "disk", "hdd");
        assertThat(moved()).isZero();
        change("n2", "ssd", "metadata", "labels", "disk");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void whatANodeDeclaresHelpsThoseWhoNeedIt() {
        Struct rule = Struct.of("action", "RestartAllContainers");
        Struct container = Struct.of("name", "c", "image", "x", "restartPolicyRules", Seq.of(rule));
        waits("a", Struct.of("containers", Seq.of(container)));
        assertThat(bed.scheduled("a").text("message")).startsWith(
                "0/1 nodes are available: 1 node(s) didn't match Pod's required features.");
        change("n1", Seq.of("Other"), "status", "declaredFeatures");
        assertThat(moved()).isZero();
        change("n1", Seq.of("Other", "RestartAllContainersOnContainerExits"), "status", "declaredFeatures");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void aTaintThatGoesHelpsThoseWhoDidNotTolerateIt() {
        bed.taint("n1");
        waits("a", cpu("1m"));
        waits("large", cpu("8").with("tolerations", Seq.of(Struct.of("operator", "Exists"))));
        change("n1", Seq.of(Struct.of("key", "other", "effect", "NoSchedule")), "spec", "taints");
        assertThat(moved()).as("another taint in its place").isZero();
        change("n1", Seq.EMPTY, "spec", "taints");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void anUncordonedNodeHelps() {
        change("n1", true, "spec", "unschedulable");
        waits("a", cpu("1m"));
        change("n1", "x", "spec", "providerID");
        assertThat(moved()).isZero();
        change("n1", false, "spec", "unschedulable");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void aNodeOfADomainHelpsThoseWhoAreToBeSpreadOverDomains() {
        bed.bound("t0", "n1", cpu("1m"));
        waits("t1", cpu("1m").with("topologySpreadConstraints", Seq.of(Struct.of("maxSkew", 1, "topologyKey", ZONE,
                "whenUnsatisfiable", "DoNotSchedule", "labelSelector",
                Struct.of("matchLabels", Struct.of("app", "t"))))));
        bed.node("n2", "4");
        assertThat(moved()).as("a node of no zone").isZero();
        bed.node("n3", "4", ZONE, "b");
        assertThat(moved()).isEqualTo(1);
    }

    /// An affinity to pods of app z, by all of these domains.
    private static Struct near(String... topologyKeys) {
        Seq terms = Seq.EMPTY;
        for (String key : topologyKeys) {
            terms = terms.plus(Struct.of("topologyKey", key, "labelSelector",
                    Struct.of("matchLabels", Struct.of("app", "z"))));
        }
        return Struct.of("podAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution", terms));
    }

    @Test
    void aNodeWithoutTheDomainDoesNotHelpWhoMustBeNearAnother() {
        waits("a", cpu("1m").with("affinity", near(ZONE)));
        bed.node("n2", "4");
        assertThat(moved()).isZero();
        bed.node("n3", "4", ZONE, "b");
        assertThat(moved()).isEqualTo(1);
    }

    @Test
    void aNodeThatComesToADomainHelpsWhoMustBeNearItsPodsElsewhere() {
        bed.bound("z1", "n1", cpu("1m"));
        bed.node("n2", "4", ZONE, "b", "rack", "r");
        bed.node("n3", "4", "rack", "r");
        bed.bound("z3", "n3", cpu("1m"));
        waits("a", cpu("1m").with("affinity", near(ZONE, "rack")));
        change("n1", "b", "metadata", "labels", ZONE);
        assertThat(moved()).as("it has no rack itself").isEqualTo(1);
        bed.settle();
        assertThat(bed.node("a")).isEqualTo("n2");
    }
}
