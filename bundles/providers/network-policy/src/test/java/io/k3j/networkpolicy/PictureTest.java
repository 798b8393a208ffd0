package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.PolicyPeer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final MemberSet.Source ALL_OF_A = MemberSet.Source
            .of(new PolicyPeer.Pods("a", Selector.EVERYTHING, Selector.EVERYTHING));
    private static final MemberSet.Source BLUE = MemberSet.Source.of(new PolicyPeer.Pods("",
            Selector.ofLabels(Map.of("team", "blue")), Selector.EVERYTHING));
    private final Picture picture = World.picture();

    private List<String> ofA() {
        return picture.members(ALL_OF_A).elements(false);
    }

    private static Obj named(Obj pod, String name, String uid) {
        return pod.with(name, "metadata", "name").with(uid, "metadata", "uid");
    }

    private List<String> own(Key key) {
        return picture.locals().entrySet().stream().filter(e -> e.getKey().pod().key().equals(key))
                .flatMap(e -> e.getValue().stream()).toList();
    }

    @Test
    void aPodThatHasEndedHasNoAddressAnyMore() {
        assertThat(ofA()).containsExactlyInAnyOrder("10.42.0.11", "10.42.0.12");
        Obj pod = World.pod("a/x");
        picture.pod(pod.with("Succeeded", "status", "phase"));
        assertThat(ofA()).containsExactly("10.42.0.12");
        assertThat(own(pod.key())).isEmpty();
    }

    @Test
    void anAddressThatWasGivenAwayIsTheNewPodsAtOnce() {
        Obj old = World.pod("a/x");
        Obj fresh = World.pod("b", "fresh", "here", Map.of(), Seq.EMPTY);
        picture.starting(fresh, List.of("10.42.0.11"));
        assertThat(ofA()).as("the old pod is still shown by the API").containsExactly("10.42.0.12");
        assertThat(own(fresh.key())).containsExactly("10.42.0.11");
        assertThat(own(old.key())).containsExactly("fd42:0:0:0:0:0:0:11");
        picture.gone(fresh);
        assertThat(ofA()).contains("10.42.0.11");
    }

    @Test
    void ofTwoPodsThatClaimAnAddressTheLaterOneHasIt() {
        Obj later = named(World.pod("a/x"), "later", "u2").with("b", "metadata", "namespace")
                .with("2026-11-23T10:00:00Z", "status", "startTime");
        picture.pod(later);
        assertThat(ofA()).containsExactly("10.42.0.12");
    }

    @Test
    void aPodElsewhereCannotClaimAnAddressOfThisNode() {
        Obj liar = named(World.pod("a/x"), "liar", "u2").with("there", "spec", "nodeName")
                .with(Seq.of(Struct.of("ip", "10.42.0.21")), "status", "podIPs")
                .with("2026-11-23T10:00:00Z", "status", "startTime");
        picture.pod(liar);
        assertThat(ofA()).doesNotContain("10.42.0.21");
        assertThat(own(new Key("b", "x"))).contains("10.42.0.21");
    }

    @Test
    void labelsOfANamespaceMoveItsPods() {
        assertThat(picture.members(BLUE).elements(false)).containsExactlyInAnyOrder("10.42.0.21", "10.42.0.22",
                "10.42.1.31");
        picture.namespace("b", World.labels("a"));
        assertThat(picture.members(BLUE).elements(false)).containsExactly("10.42.1.31");
        picture.namespace("a", Map.of("team", "blue"));
        assertThat(picture.members(BLUE).elements(true)).contains("fd42:0:0:0:0:0:0:11");
        picture.namespace("c", null);
        assertThat(picture.members(BLUE).elements(false)).doesNotContain("10.42.1.31");
    }

    @Test
    void labelsOfAPodMoveIt() {
        MemberSet.Source source = MemberSet.Source.of(new PolicyPeer.Pods("a", Selector.EVERYTHING,
                Selector.ofLabels(Map.of("app", "x"))));
        assertThat(picture.members(source).elements(false)).containsExactly("10.42.0.11");
        Obj pod = World.pod("a/y");
        picture.pod(pod.with("x", "metadata", "labels", "app"));
        assertThat(picture.members(source).elements(false)).containsExactly("10.42.0.11", "10.42.0.12");
    }

    @Test
    void aSetThatDoesNotChangeIsTheSameList() {
        List<String> before = ofA();
        Obj pod = World.pod("b/x");
        picture.pod(pod.with("other", "metadata", "labels", "app"));
        assertThat(ofA()).isSameAs(before);
    }

    @Test
    void knowsWhatTheKubeletToldUntilTheApiShowsIt() {
        Obj pod = World.pod("a", "new", "here", Map.of("app", "new"), Seq.EMPTY);
        picture.starting(pod, List.of("10.42.0.99"));
        picture.pod(pod);
        assertThat(own(pod.key())).as("its status has no address yet").containsExactly("10.42.0.99");
        assertThat(ofA()).contains("10.42.0.99");
        picture.pod(pod.with("another", "metadata", "uid"));
        assertThat(own(pod.key())).as("another pod of the same name").isEmpty();
    }

    @Test
    void theMirrorOfAStaticPodHasItsAddress() {
        Obj pod = World.pod("a", "new", "here", Map.of("app", "new"), Seq.EMPTY);
        picture.starting(pod, List.of("10.42.0.99"));
        picture.pod(pod.with("another", "metadata", "uid").with(pod.uid(), "metadata", "annotations",
                "kubernetes.io/config.mirror"));
        assertThat(own(pod.key())).containsExactly("10.42.0.99");
    }

    @Test
    void aPolicyThatComesAndGoesIsolatesAndFrees() {
        ChainCache cache = new ChainCache();
        Obj deny = World.policy("a/deny", Struct.of("podSelector", Struct.EMPTY));
        picture.policy(deny.key(), deny);
        assertThat(picture.locals().keySet())
                .filteredOn(l -> l
                        .chains(Direction.INGRESS, cache, new Surroundings(Families.of(List.of()), List.of(), Map.of()))
                        .isPresent())
                .extracting(l -> l.pod().key().namespace()).containsOnly("a").hasSize(2);
        picture.policy(deny.key(), null);
        assertThat(picture.locals().keySet()).noneMatch(
                l -> l.chains(Direction.INGRESS, cache, new Surroundings(Families.of(List.of()), List.of(), Map.of()))
                        .isPresent());
    }

    @Test
    void rangesThatBecomeKnownLaterCountForWhatIsThere() {
        Picture late = new Picture("here", true);
        Obj liar = named(World.pod("a/x"), "liar", "u2").with("there", "spec", "nodeName");
        late.pod(liar);
        assertThat(late.members(ALL_OF_A).elements(false)).containsExactly("10.42.0.11");
        late.ranges(World.RANGES);
        assertThat(late.members(ALL_OF_A).elements(false)).isEmpty();
    }

    /// A node writes the status of its pods itself.
    @Test
    void aPodHasNoAddressOfAnotherNodesRange() {
        Obj liar = named(World.pod("a/x"), "liar", "u2").with("thief", "spec", "nodeName")
                .with(Seq.of(Struct.of("ip", "10.42.1.31"), Struct.of("ip", "198.51.100.7")), "status", "podIPs")
                .with("2026-11-23T10:00:00Z", "status", "startTime");
        picture.node("thief", Cidr.readable(List.of("10.42.2.0/24")));
        picture.pod(liar);
        assertThat(ofA()).containsExactlyInAnyOrder("10.42.0.11", "10.42.0.12");
        assertThat(picture.members(BLUE).elements(false)).contains("10.42.1.31");
    }

    @Test
    void aPodHasItsAddressAsSoonAsItsNodeHasItsRange() {
        Obj early = named(World.pod("a/x"), "early", "u2").with("new", "spec", "nodeName")
                .with(Seq.of(Struct.of("ip", "10.42.3.5")), "status", "podIPs");
        picture.pod(early);
        assertThat(ofA()).doesNotContain("10.42.3.5");
        picture.node("new", Cidr.readable(List.of("10.42.3.0/24")));
        assertThat(ofA()).contains("10.42.3.5");
        picture.node("new", List.of());
        assertThat(ofA()).doesNotContain("10.42.3.5");
    }

    /// With somebody else's pod network, or plug-ins, ranges of Nodes mean nothing.
    @Test
    void aPodElsewhereHasAnyAddressWhereRangesAreNotKept() {
        Picture foreign = new Picture("here", true);
        Picture plugged = new Picture("here", false);
        plugged.ranges(World.RANGES);
        Obj far = named(World.pod("a/x"), "far", "u2").with("there", "spec", "nodeName")
                .with(Seq.of(Struct.of("ip", "192.0.2.5")), "status", "podIPs");
        for (Picture other : List.of(foreign, plugged)) {
            other.pod(far);
            assertThat(other.members(ALL_OF_A).elements(false)).containsExactly("192.0.2.5");
        }
    }

    @Test
    void theEndOfAPredecessorLeavesWhatIsKnownOfItsSuccessor() {
        Obj old = World.pod("a/x").withRevision(5);
        Obj fresh = old.with("again", "metadata", "uid").with(Seq.EMPTY, "status", "podIPs").withRevision(9);
        picture.starting(fresh, List.of("10.42.0.99"));
        picture.pod(old.with("other", "metadata", "labels", "app").withRevision(7));
        picture.gone(old);
        assertThat(own(fresh.key())).containsExactly("10.42.0.99");
        picture.pod(fresh);
        assertThat(own(fresh.key())).containsExactly("10.42.0.99");
        picture.gone(fresh);
        assertThat(own(fresh.key())).isEmpty();
    }

    @Test
    void theMirrorOfAPredecessorIsNotThatOfTheStaticPodThatTakesItsPlace() {
        Obj pod = World.pod("a", "new", "here", Map.of("app", "new"), Seq.EMPTY);
        Obj mirror = pod.with("m1", "metadata", "uid").with("before", "metadata", "annotations",
                "kubernetes.io/config.mirror").withRevision(7);
        picture.starting(pod, List.of("10.42.0.99"));
        picture.pod(mirror);
        picture.gone(mirror);
        assertThat(own(pod.key())).containsExactly("10.42.0.99");
    }
}
